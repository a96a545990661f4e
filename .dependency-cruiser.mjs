// Who may import whom (docs/architecture.md). `npm run check` runs these rules.
const layer = (name, allowed) => ({
  name: `${name}-imports-only-what-it-may`,
  comment: `src/${name} may import only: ${[name, ...allowed].join(", ")}`,
  severity: "error",
  from: { path: `^src/${name}/` },
  to: { path: "^src/", pathNot: [name, ...allowed].map((folder) => `^src/${folder}/`) },
});

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    {
      name: "no-circular",
      severity: "error",
      comment: "a grammar is recursive, so the stand-in's SQL files may be",
      from: { pathNot: "^dev/oracle/sql/" },
      to: { circular: true, viaOnly: { dependencyTypesNot: ["type-only"] } },
    },
    {
      name: "nothing-imports-cli",
      severity: "error",
      from: { path: "^src/", pathNot: "^src/cli/" },
      to: { path: "^src/cli/" },
    },
    {
      name: "src-never-imports-dev-or-test",
      severity: "error",
      from: { path: "^src/" },
      to: { path: "^(dev|test|bench)/" },
    },
    {
      name: "worker-shares-only-messages-with-runner",
      comment: "the worker starts the runner as a process; they share one file of message types",
      severity: "error",
      from: { path: "^src/worker/" },
      to: { path: "^src/runner/", pathNot: "^src/runner/messages\\.ts$" },
    },
    layer("worker", ["prefect", "runner", "node"]),
    layer("runner", ["sdk", "git", "prefect", "node"]),
    layer("sdk", ["prefect"]),
    layer("prefect", []),
    layer("git", []),
    layer("node", []),
    layer("oracle", []),
    layer("specify", []),
    layer("reports", []),
    layer("checks", ["oracle", "specify", "reports"]),
    {
      name: "cli-does-not-import-flows",
      comment: "flows run in a runner; what a command line shares with them is in src/checks",
      severity: "error",
      from: { path: "^src/cli/" },
      to: { path: "^src/flows/" },
    },
    layer("yaml", []),
    {
      name: "flows-import-only-what-they-may",
      severity: "error",
      from: { path: "^src/flows/" },
      to: { path: "^src/", pathNot: "^src/(flows|checks|oracle|specify|reports|yaml|sdk/index\\.ts$)" },
    },
    {
      name: "not-to-unresolvable",
      severity: "error",
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsConfig: { fileName: "tsconfig.json" },
    tsPreCompilationDeps: true,
    // Known to Node only by its full name, and so not yet to dependency-cruiser.
    builtInModules: { add: ["node:sqlite"] },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["prefect-ts-source", "types", "import", "node", "default"],
    },
  },
};
