import { execFileSync } from "node:child_process";

export interface ProcessLine {
  readonly pid: number;
  readonly parent: number;
  /** Its command line. */
  readonly command: string;
}

/** Every process of this machine. */
export function allProcesses(): ProcessLine[] {
  const text = execFileSync("ps", ["-A", "-ww", "-o", "pid=,ppid=,stat=,args="], { encoding: "utf8" });
  return text.split("\n").flatMap((line) => {
    const match = /^\s*(\d+)\s+(\d+)\s+(\S+)\s+(.*)$/.exec(line);
    // A zombie has ended: only its parent has not looked yet.
    if (!match || match[3]?.startsWith("Z")) return [];
    return [{ pid: Number(match[1]), parent: Number(match[2]), command: match[4] ?? "" }];
  });
}

/** The children of a process, and theirs. */
export function descendants(pid: number): ProcessLine[] {
  const all = allProcesses();
  const found: ProcessLine[] = [];
  const parents = new Set([pid]);
  for (let before = -1; before !== parents.size; ) {
    before = parents.size;
    for (const line of all) {
      if (!parents.has(line.parent) || parents.has(line.pid)) continue;
      parents.add(line.pid);
      found.push(line);
    }
  }
  return found.filter((line) => !line.command.startsWith("ps -A"));
}

/** True while a process with this id runs. */
export function isRunning(pid: number): boolean {
  return allProcesses().some((line) => line.pid === pid);
}
