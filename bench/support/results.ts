import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import type { Figure } from "./figure.ts";

/** A figure with when and where it was measured. */
export interface Result extends Figure {
  /** ISO date and time. */
  readonly measuredAt: string;
  readonly machine: string;
  /** How many processes wanted a core when the row began, and when it ended (one-minute load). */
  readonly load: readonly [number, number];
}

/** Writes results as JSON: `{ rows: […] }`. */
export async function writeResults(file: string, results: readonly Result[]): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, `${JSON.stringify({ rows: results }, null, 2)}\n`);
}

/** The results in a file; none where there is no such file. @throws Error when it is not ours */
export async function readResults(file: string): Promise<Result[]> {
  const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
  return text === undefined ? [] : (JSON.parse(text) as { rows: Result[] }).rows;
}

/** Lays new results over those of other rows, in the order of their ids. */
export function mergeResults(before: readonly Result[], now: readonly Result[]): Result[] {
  const fresh = new Set(now.map(({ id }) => id));
  const all = [...before.filter(({ id }) => !fresh.has(id)), ...now];
  return all.sort((a, b) => a.id.localeCompare(b.id, "en", { numeric: true }));
}
