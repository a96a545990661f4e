import { readdir, readFile } from "node:fs/promises";

/** Memory of one process in MB of 2^20 bytes. */
export interface Memory {
  /** Resident set, shared pages included. */
  readonly rss: number;
  /** The same with each shared page divided among those who share it; undefined where the kernel does not tell. */
  readonly pss: number | undefined;
  /** The highest resident set so far. */
  readonly peak: number;
}

/**
 * Reads a process's memory from Linux's /proc.
 * @throws Error where there is no /proc, or no such process
 */
export async function memoryOf(pid: number): Promise<Memory> {
  const rollup = await readFile(`/proc/${pid}/smaps_rollup`, "utf8").catch(() => "");
  const pss = kilobytes(rollup, "Pss");
  return { ...(await residentOf(pid)), pss: pss === undefined ? undefined : pss / 1024 };
}

/**
 * The same without what the kernel has to walk through all pages for: that holds up the process that is looked at.
 * @throws Error where there is no /proc, or no such process
 */
export async function residentOf(pid: number): Promise<Omit<Memory, "pss">> {
  const status = await readFile(`/proc/${pid}/status`, "utf8").catch((cause) => {
    throw new Error(`the memory of process ${pid} can't be read: it has ended, or this is not Linux`, {
      cause,
    });
  });
  return {
    rss: (kilobytes(status, "VmRSS") ?? 0) / 1024,
    peak: (kilobytes(status, "VmHWM") ?? 0) / 1024,
  };
}

/** The process ids of a process's children. */
export async function childrenOf(pid: number): Promise<number[]> {
  const found: number[] = [];
  for (const thread of await readdir(`/proc/${pid}/task`)) {
    const text = await readFile(`/proc/${pid}/task/${thread}/children`, "utf8").catch(() => "");
    found.push(...text.split(" ").filter(Boolean).map(Number));
  }
  return found;
}

function kilobytes(text: string, name: string): number | undefined {
  const match = new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(text);
  return match ? Number(match[1]) : undefined;
}
