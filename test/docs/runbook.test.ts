import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { startStack } from "../../dev/stack/index.ts";
import { runCli } from "../support/cli.ts";
import { prefectApi } from "../support/prefect-api.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const project = join(import.meta.dirname, "../..");
const home = await temporaryFolder();
const PAGES = ["docs/runbook.md", "docs/kubernetes.md", "docs/migrations.md", "docs/specify-structure.md"];
const pages = await Promise.all(PAGES.map((page) => readFile(join(project, page), "utf8")));

/** The commands of the pages' `sh` blocks, without their comments. */
const commands = pages
  .flatMap((text) => [...text.matchAll(/^ *```sh\n([\s\S]*?)^ *```$/gm)].map(([, code = ""]) => code))
  .flatMap((code) => code.replaceAll("\\\n", " ").split("\n"))
  .map((line) => line.replace(/\s+# .*$/, "").trim())
  .filter((line) => line !== "");
const ours = [
  ...new Set(commands.filter((line) => line.includes("prefect-ts ") && !/^(helm|kubectl|docker)/.test(line))),
];

/** Every command of the first runbook, as it is called here. */
const firstRunbook = [
  "kubectl port-forward svc/specify7-prefect-server 4200:4200",
  "export PREFECT_API_URL=http://127.0.0.1:4200/api",
  "prefect-ts deploy --all",
  "prefect-ts deploy --no-prompt --all",
  "PREFECT_CLI_PROMPT=false prefect-ts deploy --all",
  "prefect-ts config set PREFECT_CLI_PROMPT=false",
  "prefect-ts config view",
  'prefect-ts deployment run "Infrastructure Prod Check/infrastructure-prod-check-dev"',
  'prefect-ts deployment run "Oracle Schema Snapshot/oracle-schema-snapshot-dev"',
  'prefect-ts deployment run "Sync Specify structure/sync-specify-structure-dev" --param dry_run=false',
  'prefect-ts deployment run "Migrate MUSIT Actors/migrate-musit-agents-dev"',
  'prefect-ts deployment run "Migrate Users/migrate-users-dev" --param dry_run=false',
  "prefect-ts flow-run ls",
  "prefect-ts flow-run logs",
  "kubectl logs -f -l component=prefect-dev-worker",
];

it.each(firstRunbook)("the runbook has `%s`", (command) => {
  expect(commands.some((line) => line.startsWith(command))).toBe(true);
});

describe("each command of the runbook and the pages beside it works as it stands:", () => {
  let run = "";
  let stack: Awaited<ReturnType<typeof startStack<"prefect">>> | undefined;
  const env: Record<string, string> = { PREFECT_HOME: home };

  // A server of its own: these commands pause and limit pools that other tests may have by the same names.
  beforeAll(async () => {
    stack = await startStack({ services: ["prefect"] });
    Object.assign(env, stack.env, { GIT_REPOSITORY_URL: "https://git.example.org/museum/migration.git" });
    const api = prefectApi(stack.prefect.apiUrl);
    const created = await runCli(["work-pool", "create", "dev-process", "--type", "process"], { env });
    expect(created.stderr + created.stdout).toContain("dev-process");
    const deployed = await runCli(["deploy", "--all"], { env });
    expect(deployed.stderr).toBe("");
    expect(deployed.code).toBe(0);
    const { deployments } = parse(await readFile(join(project, "prefect.yaml"), "utf8")) as {
      deployments: { name: string }[];
    };
    const found = await api.post<{ id: string; name: string }[]>("/deployments/filter");
    const deployment = found.find(({ name }) => name === deployments[0]?.name);
    run = (await api.post<{ id: string }>(`/deployments/${deployment?.id}/create_flow_run`)).id;
  }, 240_000);
  afterAll(() => stack?.close());

  it.each(ours)("%s", async (line) => {
    // A run that exists instead of the page's placeholder; nothing that would wait for a worker, or be one for ever.
    const command = line
      .replace("NAME_OR_ID", run)
      .replace(/ --watch\b/, "")
      .replace(/(worker start .*)/, "$1 --run-once --limit 1 --work-queue nobody-asks-for-it")
      .replace(" --with-healthcheck", "");
    const said = await shell(command);
    // Made before, in a test above or at the first try: the command itself was right.
    if (/already exists/.test(said.text)) return;
    if (/worker start/.test(command)) expect(said.text).toMatch(/started!|not found/);
    else expect(said.code, said.text).toBe(0);
  });

  /** As in a terminal, with `prefect-ts` in PATH. */
  async function shell(command: string): Promise<{ code: number | null; text: string }> {
    const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith("PREFECT_"));
    const child = spawn("bash", ["-c", command], {
      cwd: project,
      env: {
        ...Object.fromEntries(inherited),
        ...env,
        PATH: [join(project, "bin"), process.env.PATH].join(delimiter),
      },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let text = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (part: string) => {
        text += part;
      });
    }
    const [code] = (await once(child, "close")) as [number | null];
    return { code, text };
  }
});
