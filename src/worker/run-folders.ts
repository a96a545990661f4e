import { mkdir, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Logger } from "pino";
import { errorText } from "../prefect/errors.ts";
import { isAlive, isVisible, processMark } from "./process/process-mark.ts";

/** A folder whose process cannot be looked at, as it is of another machine or container, is kept this long: a day. */
const UNKNOWN_AGE = 24 * 60 * 60_000;
const OWNER = ".process";

/** Notes which process works in a run's folder, so that the folder can be told from one that was left behind. */
export async function ownRunFolder(folder: string, pid: number): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, OWNER), processMark(pid) ?? "");
}

/**
 * Removes the run folders that a worker left behind when it was killed. A run that outlived its worker keeps its
 * folder as long as its process lives.
 */
export async function removeLeftRunFolders(runs: string, logger: Logger): Promise<void> {
  for (const name of await readdir(runs)) {
    const folder = join(runs, name);
    try {
      if (!(await isLeft(folder))) continue;
      await rm(folder, { recursive: true, force: true, maxRetries: 3 });
      logger.info(`Removed ${folder}, which a worker had left behind.`);
    } catch (error) {
      logger.warn(`Folder ${folder} could not be looked at or removed: ${errorText(error)}`);
    }
  }
}

async function isLeft(folder: string): Promise<boolean> {
  const mark = await readFile(join(folder, OWNER), "utf8").catch(() => "");
  if (isAlive(mark)) return false;
  if (isVisible(mark)) return true;
  return Date.now() - (await stat(folder)).mtimeMs > UNKNOWN_AGE;
}
