import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { BareRepository } from "../../dev/stack/git/repository.ts";
import { PROJECT } from "../../dev/stack/install/cache.ts";
import type { Bench } from "./bench.ts";

/** Deploys a flow as it stands in this working tree, to a pool of its own. Gives the deployment's id. */
export async function deployFlow(
  bench: Bench,
  { pool, flow, entrypoint }: { pool: string; flow: string; entrypoint: string },
): Promise<string> {
  const repository = await BareRepository.create(join(bench.stack.folder, "git", `${pool}.git`));
  await repository.publishFolder(PROJECT);
  await bench.api.post("/work_pools/", { name: pool, type: "process" });
  const { id: flow_id } = await bench.api.post<{ id: string }>("/flows/", { name: flow });
  const clone = { repository: pathToFileURL(repository.folder).href, branch: "dev" };
  const { id } = await bench.api.post<{ id: string }>("/deployments/", {
    name: pool,
    flow_id,
    entrypoint,
    work_pool_name: pool,
    pull_steps: [{ "prefect.deployments.steps.git_clone": clone }],
  });
  return id;
}
