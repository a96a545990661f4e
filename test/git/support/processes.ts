import { readdir, readFile } from "node:fs/promises";

/** Command lines of all processes of this machine that mention `text`. */
export async function commandLines(text: string): Promise<string[]> {
  const entries = (await readdir("/proc")).filter((entry) => /^\d+$/.test(entry));
  const lines = await Promise.all(
    entries.map((pid) => readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "")),
  );
  return lines.map((line) => line.replaceAll("\0", " ")).filter((line) => line.includes(text));
}
