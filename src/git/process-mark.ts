import { randomUUID } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";

const NAME = "PREFECT_TS_PROCESS_MARK";
/** How long processes get to clean up after SIGTERM, ms. */
const GRACE_MS = 1_000;

/** A variable to start a command with, so that it and all its descendants can be found again. */
export function newProcessMark(): { name: string; value: string } {
  return { name: NAME, value: randomUUID() };
}

/**
 * Ends every process that was started with this mark: SIGTERM, and SIGKILL after a second.
 *
 * Killing git alone leaves its helper (`git remote-https`) waiting on a mute server for ever, and a process group of its
 * own would escape the worker, which ends a run by its group. The environment is inherited by all descendants, also by
 * those whose parent is gone. Linux only; elsewhere helpers give up after the silence limit (`http.lowSpeedTime`).
 */
export async function endMarkedProcesses(mark: { name: string; value: string }): Promise<void> {
  const deadline = performance.now() + GRACE_MS;
  for (let round = 0; ; round += 1) {
    const pids = await markedProcesses(mark);
    if (pids.length === 0 || performance.now() > deadline + GRACE_MS) return;
    const late = performance.now() > deadline;
    if (round === 0 || late) for (const pid of pids) signalProcess(pid, late ? "SIGKILL" : "SIGTERM");
    await delay(20);
  }
}

async function markedProcesses(mark: { name: string; value: string }): Promise<number[]> {
  const entries = await readdir("/proc").catch(() => [] as string[]);
  const wanted = `${mark.name}=${mark.value}`;
  const found = await Promise.all(
    entries
      .filter((entry) => /^\d+$/.test(entry))
      .map(async (entry) => {
        // Other users' processes and those that just ended cannot be read.
        const environment = await readFile(`/proc/${entry}/environ`, "latin1").catch(() => "");
        return environment.includes(wanted) ? Number(entry) : undefined;
      }),
  );
  return found.filter((pid) => pid !== undefined && pid !== process.pid) as number[];
}

function signalProcess(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}
