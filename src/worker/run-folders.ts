import { mkdir, readdir, readFile, rm, stat, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Logger } from "pino";
import { errorText } from "../prefect/errors.ts";
import { isAlive, isVisible, processMark } from "./process/process-mark.ts";

/**
 * A folder whose process cannot be looked at, as it is of another machine or container, is kept for so many milliseconds
 * after it was last marked as used: much longer than `KEEP_EVERY`, at which those at work are marked.
 */
const UNKNOWN_AGE = 6 * 60 * 60_000;
const KEEP_EVERY = 15 * 60_000;
const OWNER = ".process";

/** Notes which process works in a run's folder, so that the folder can be told from one that was left behind. */
export async function ownRunFolder(folder: string, pid: number): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, OWNER), processMark(pid) ?? "");
}

/**
 * For a program that knows nothing of its folder: owns it for the worker until it has started, and then for it, to its end.
 */
export async function keepRunFolder(
  folder: string,
  program: { started: Promise<number>; exited: Promise<unknown> },
  logger: Logger,
): Promise<void> {
  await ownRunFolder(folder, process.pid);
  const keep = async () => {
    // Removed meanwhile, the folder is not made again.
    await writeFile(join(folder, OWNER), processMark(await program.started) ?? "");
    const timer = setInterval(() => {
      const now = new Date();
      utimes(folder, now, now).catch((error) => logger.debug(`Folder ${folder}: ${errorText(error)}`));
    }, KEEP_EVERY);
    void program.exited.finally(() => clearInterval(timer));
  };
  keep().catch((error) => logger.debug(`Folder ${folder}: ${errorText(error)}`));
}

/**
 * Removes the run folders that a worker left behind when it was killed. A run that outlived its worker keeps its
 * folder as long as its process lives.
 * @param deadFor milliseconds for which those are kept whose process is seen to be gone: what it left may be on its way
 */
export async function removeLeftRunFolders(runs: string, logger: Logger, deadFor = 0): Promise<void> {
  for (const name of await readdir(runs)) {
    const folder = join(runs, name);
    try {
      if (!(await isLeft(folder, deadFor))) continue;
      await rm(folder, { recursive: true, force: true, maxRetries: 3 });
      logger.info(`Removed ${folder}, which a worker had left behind.`);
    } catch (error) {
      logger.warn(`Folder ${folder} could not be looked at or removed: ${errorText(error)}`);
    }
  }
}

async function isLeft(folder: string, deadFor: number): Promise<boolean> {
  const mark = await readFile(join(folder, OWNER), "utf8").catch(() => "");
  if (isAlive(mark)) return false;
  const unused = Math.max(0, Date.now() - (await stat(folder)).mtimeMs);
  return unused >= (isVisible(mark) ? deadFor : UNKNOWN_AGE);
}
