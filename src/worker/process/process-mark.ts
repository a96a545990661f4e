import { readFileSync, readlinkSync } from "node:fs";

/**
 * What tells a process from every other one of this machine, also from a later one with the same number: the boot of
 * the machine, its process namespace (a container has its own), its number and its start. Undefined when there is none
 * such, or where the system has no `/proc`.
 */
export function processMark(pid: number): string | undefined {
  try {
    const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
    const namespace = readlinkSync(`/proc/${pid}/ns/pid`);
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The command's name may hold anything, so count from its closing bracket: field 22 is the start in clock ticks.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return fields[0] === "Z" ? undefined : `${boot}/${namespace}/${pid}/${fields[19]}`;
  } catch (error) {
    if (error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ESRCH"))
      return undefined;
    throw error;
  }
}

/** Whether the process of a mark, or its absence, can be seen from here: the same boot of the machine, and namespace. */
export function isVisible(mark: string | undefined): boolean {
  const own = processMark(process.pid)?.split("/").slice(0, 2).join("/");
  return own !== undefined && mark?.startsWith(`${own}/`) === true;
}

/** Whether the process of a mark is there. */
export function isAlive(mark: string | undefined): boolean {
  return mark !== undefined && processMark(Number(mark.split("/")[2])) === mark;
}
