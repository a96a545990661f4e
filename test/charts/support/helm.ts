import { join } from "node:path";
import { findBinary } from "../../../dev/cluster/install/binaries.ts";
import { runCommand } from "../../../dev/stack/command.ts";
import { PROJECT } from "../../../dev/stack/install/cache.ts";

const binary = await findBinary("helm");

export const chart = join(PROJECT, "charts", "specify7");

/** Why tests of the chart are left out; undefined where Helm is there. */
export const withoutHelm =
  binary === undefined
    ? "Helm is not built here: `npm run test:cluster` builds it and runs these tests too"
    : undefined;

/** Runs the project's own Helm. @throws Error with its last lines, when it refuses */
export async function helm(...args: string[]): Promise<string> {
  return await runCommand(binary ?? "helm", args, { cwd: PROJECT });
}

/** What Helm says when it refuses these settings on top of the staging values. */
export async function refusal(...settings: string[]): Promise<string> {
  const flags = settings.flatMap((setting) => [setting.includes("={") ? "--set-json" : "--set", setting]);
  return await helm("template", "specify7", chart, "-f", join(chart, "staging.values.yaml"), ...flags).then(
    () => "(Helm took it)",
    (error: Error) => error.message,
  );
}
