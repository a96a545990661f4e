import { currentScope } from "../context.ts";
import { logger } from "../logger.ts";
import { createArtifact, type Described } from "./artifact.ts";
import { ProgressUpdates } from "./progress-updates.ts";

export interface ProgressArtifact extends Described {
  /** Percent: 0 to 100. */
  progress: number;
}

/**
 * Makes a bar that `updateProgressArtifact` moves. Gives its id, or undefined without a server.
 *
 * ```ts
 * const bar = await createProgressArtifact({ key: "records-read", progress: 0 });
 * for (const [done, record] of records.entries()) {
 *   await write(record);
 *   updateProgressArtifact(bar, (100 * (done + 1)) / records.length);
 * }
 * ```
 */
export function createProgressArtifact({
  progress,
  ...described
}: ProgressArtifact): Promise<string | undefined> {
  return createArtifact({ ...described, type: "progress", data: percent(progress) });
}

/**
 * Moves a bar, in place. Call it as often as you like: at most one request a second goes to the server, and the last
 * value is there when the run ends. It never throws for a server that is away; the run's log then says so.
 * @param artifact what `createProgressArtifact` gave; undefined (no server) does nothing
 * @param progress percent, 0 to 100; what is outside is shown as the nearer end
 * @throws TypeError when `progress` is not a number
 */
export function updateProgressArtifact(
  artifact: string | undefined,
  progress: number,
  options: { description?: string } = {},
): void {
  const value = percent(progress);
  const server = currentScope()?.flowRun.recorder.server;
  if (artifact === undefined || server === undefined) return;
  ProgressUpdates.of(server, artifact).set({ data: value, ...options });
}

function percent(progress: number): number {
  if (typeof progress !== "number" || Number.isNaN(progress))
    throw new TypeError(`Progress is ${progress}: give percent as a number from 0 to 100.`);
  const inside = Math.min(100, Math.max(0, progress));
  if (inside !== progress) logger.warn(`Progress is ${progress} %, which is shown as ${inside} %.`);
  return inside;
}
