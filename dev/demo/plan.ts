import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parse } from "yaml";
import { PROJECT } from "../stack/install/cache.ts";
import type { Api } from "./api.ts";

/** A run that the demo makes. */
export interface PlannedRun {
  readonly deploymentId: string;
  readonly flow: string;
  /** `dry run`, `writes`, or nothing for a flow that has no such parameter. */
  readonly mode: "" | "dry run" | "writes";
  readonly parameters: Record<string, unknown>;
}

interface Deployment {
  id: string;
  name: string;
  flow_id: string;
  parameter_openapi_schema: { properties?: Record<string, unknown> } | null;
}

/**
 * The runs to make: each deployment of prefect.yaml, in its order; one that can run dry does so first, and then
 * once more in earnest.
 * @param mayWrite  false leaves those in earnest out
 */
export async function planRuns(api: Api, mayWrite: boolean): Promise<PlannedRun[]> {
  const file = parse(await readFile(join(PROJECT, "prefect.yaml"), "utf8")) as {
    deployments: { name: string }[];
  };
  const found = await api.post<Deployment[]>("/deployments/filter", {});
  const runs: PlannedRun[] = [];
  for (const { name } of file.deployments) {
    const deployment = found.find((one) => one.name === name);
    if (deployment === undefined)
      throw new Error(`the server has no deployment ${name}, though prefect.yaml lists it`);
    const flow = await api.get<{ name: string }>(`/flows/${deployment.flow_id}`);
    const common = { deploymentId: deployment.id, flow: flow.name };
    const has = (parameter: string) => parameter in (deployment.parameter_openapi_schema?.properties ?? {});
    if (!has("dry_run")) {
      // Where nothing was written, that the two sides differ is no failure of the demo.
      const parameters = has("fail_on_difference") ? { fail_on_difference: mayWrite } : {};
      runs.push({ ...common, mode: "", parameters });
      continue;
    }
    runs.push({ ...common, mode: "dry run", parameters: { dry_run: true } });
    if (mayWrite) runs.push({ ...common, mode: "writes", parameters: { dry_run: false } });
  }
  return runs;
}
