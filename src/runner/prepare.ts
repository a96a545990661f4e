import { mkdir, realpath } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { provideDependencies } from "../git/dependencies.ts";
import type { Log } from "../git/log.ts";
import { runPullSteps } from "../git/pull-steps/run-pull-steps.ts";
import type { Json } from "../prefect/api-types.ts";
import type { PrefectClient } from "../prefect/client/client.ts";
import { resolveReferences } from "../prefect/templating.ts";
import { FlowLoadError } from "./errors.ts";
import { type LoadedFlow, loadFlow } from "./load-flow.ts";
import type { Assignment } from "./messages.ts";

/** This project's own root: where its `package-lock.json` and `node_modules` are. */
const ownRoot = fileURLToPath(new URL("../..", import.meta.url));

export interface Prepared {
  flow: LoadedFlow;
  /** The commit that runs, where the code came from git. */
  commit: string | undefined;
  /** Seconds that pull steps and dependencies took. */
  checkoutSeconds: number;
}

/**
 * Brings the code of a run to its folder: pull steps, dependencies, module. The process works in that folder afterwards.
 * @throws Error of the step that failed: GitError, FlowLoadError …
 */
export async function prepare(
  assignment: Assignment,
  tools: {
    client: PrefectClient;
    log: Log;
    signal: AbortSignal;
    /** Resolves when the run is ours. */
    claimed: Promise<void>;
  },
): Promise<Prepared> {
  const { deployment, storage, runDirectory } = assignment;
  const { client, log, signal, claimed } = tools;
  const started = performance.now();
  await mkdir(runDirectory, { recursive: true });
  const steps = deployment?.pull_steps ?? [];
  let directory = await startDirectory(assignment);
  let commit: string | undefined;
  if (steps.length > 0) {
    // Inputs of a pull step come from the deployment, which is JSON.
    const resolve = (value: unknown) => resolveReferences(value as Json, client);
    const pulled = await runPullSteps({
      steps,
      runDirectory,
      storage,
      env: process.env,
      log,
      signal,
      resolve,
      claimed,
    });
    directory = pulled.directory;
    commit = pulled.checkout?.commit;
    if (pulled.checkout !== undefined) {
      const own = {
        lockFile: join(ownRoot, "package-lock.json"),
        nodeModules: join(ownRoot, "node_modules"),
      };
      await provideDependencies({
        checkout: pulled.checkout.directory,
        own,
        storage,
        log,
        signal,
        env: process.env,
      });
    }
  }
  const checkoutSeconds = (performance.now() - started) / 1000;
  process.chdir(directory);
  const entrypoint = deployment?.entrypoint;
  if (!entrypoint) {
    throw new FlowLoadError(
      "ENTRYPOINT_INVALID",
      "The deployment has no entrypoint. Deploy it again with one, like src/flows/users.ts:migrateUsers.",
    );
  }
  return {
    flow: await loadFlow({ checkout: directory, entrypoint, stripCache: join(storage, "stripped") }),
    commit,
    checkoutSeconds,
  };
}

/** Without pull steps the code is where the deployment's `path` says, else in the job's working directory. */
async function startDirectory({ deployment, workingDirectory, runDirectory }: Assignment): Promise<string> {
  const wanted = deployment?.path ?? workingDirectory;
  return wanted ? realpath(wanted) : runDirectory;
}
