import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { Logger } from "pino";
import { errorText } from "../prefect/errors.ts";
import { removeLeftRunFolders } from "./run-folders.ts";

const extension = import.meta.url.endsWith(".ts") ? "ts" : "js";
const tidier = fileURLToPath(new URL(`../runner/tidy-storage.${extension}`, import.meta.url));

/** Milliseconds from the worker's start to its first look: what waits for it to start comes first. */
const FIRST = 5 * 60_000;
const EVERY = 60 * 60_000;
/** Milliseconds that the folder of a run whose process is gone stays: its last logs are offered to the server for an hour. */
const DEAD_FOR = 2 * 60 * 60_000;

/** Looks, every hour until `signal` fires, for what is no longer needed below `storage`, and removes it. Never throws. */
export async function keepStorage(storage: string, logger: Logger, signal: AbortSignal): Promise<void> {
  for (let wait = FIRST; ; wait = EVERY) {
    await sleep(wait, undefined, { signal, ref: false }).catch(() => undefined);
    if (signal.aborted) return;
    await tidy(storage, logger, signal);
  }
}

/** The same once. What can be made again is looked at once a day only. Never throws. */
export async function tidy(storage: string, logger: Logger, signal?: AbortSignal): Promise<void> {
  try {
    await removeLeftRunFolders(join(storage, "runs"), logger, DEAD_FOR);
    const env = { ...process.env, PREFECT_TS_WORKER_STORAGE: storage };
    const child = spawn(process.execPath, [tidier], {
      env,
      stdio: "ignore",
      killSignal: "SIGKILL",
      ...(signal && { signal }),
    });
    const [code, killedBy] = await once(child, "exit");
    if (code !== 0)
      logger.warn(`Tidying ${storage} ended with ${code === null ? killedBy : `code ${code}`}.`);
  } catch (error) {
    if (!signal?.aborted) logger.warn(`${storage} could not be tidied: ${errorText(error)}`);
  }
}
