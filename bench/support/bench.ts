import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { type Stack, startStack } from "../../dev/stack/index.ts";
import { installPrefect } from "../../dev/stack/prefect-install.ts";
import { type PrefectApi, prefectApi } from "../../test/support/prefect-api.ts";
import { type Contestant, ours, peer } from "./contestant.ts";
import { makeRepositories } from "./repositories.ts";

/** What a row measures with. */
export interface Bench {
  readonly stack: Stack<"prefect">;
  readonly api: PrefectApi;
  readonly ours: Contestant;
  /** Prefect's own worker at its defaults: the one to beat. */
  readonly peer: Contestant;
  readonly peerTuned: Contestant;
  /** How often each figure is taken. */
  readonly rounds: number;
  /** Runs after which the worker's memory is looked at again. */
  readonly runs: number;
  /** Fires when the user wants to stop. */
  readonly signal: AbortSignal;
  /** Prints a progress line. */
  readonly say: (text: string) => void;
}

/** Starts a server of its own and makes everything that the rows share. `close` stops all of it. */
export async function openBench(
  options: Pick<Bench, "rounds" | "runs" | "signal" | "say">,
): Promise<Bench & { close(): Promise<void>; pythonEnvironment: string }> {
  const { signal, say } = options;
  const tell = (text: string) => say(`prefect: ${text}`);
  const pythonEnvironment = await installPrefect(tell);
  const stack = await startStack({ services: ["prefect"], onProgress: (_, text) => tell(text) });
  const stop = () => void stack.close().catch((error: Error) => say(error.message));
  signal.addEventListener("abort", stop, { once: true });
  try {
    signal.throwIfAborted();
    const git = join(stack.folder, "git");
    await mkdir(git, { recursive: true });
    const api = prefectApi(stack.prefect.apiUrl, stack.prefect.authString);
    const entry = { stack, api, signal, repositories: await makeRepositories(git) };
    return {
      ...options,
      stack,
      api,
      ours: await ours(entry),
      peer: await peer(entry, pythonEnvironment, false),
      peerTuned: await peer(entry, pythonEnvironment, true),
      close: () => stack.close(),
      pythonEnvironment,
    };
  } catch (error) {
    await stack.close();
    throw error;
  }
}
