import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";

/** How long and how much is kept of what can be made again. */
export interface Limits {
  /** What was not used for so many days goes. */
  days: number;
  /** Above so many bytes, the longest unused goes first. */
  bytes: number;
  /** Milliseconds for which even that stays. */
  youngest?: number;
}

export interface Kept {
  path: string;
  /** Milliseconds since 1970. */
  usedAt: number;
  bytes: number;
}

export const DAY = 24 * 60 * 60_000;

/**
 * Those that have to go, the longest unused first.
 * @param stays what stays all the same, though it counts
 */
export function* expired(
  all: Kept[],
  limits: Limits,
  now: number,
  stays: (one: Kept) => boolean = () => false,
): Generator<Kept> {
  let total = all.reduce((sum, { bytes }) => sum + bytes, 0);
  for (const one of all.toSorted((a, b) => a.usedAt - b.usedAt)) {
    const old = now - one.usedAt > limits.days * DAY;
    const tooMuch = total > limits.bytes && now - one.usedAt > (limits.youngest ?? 0);
    if ((!old && !tooMuch) || stays(one)) continue;
    total -= one.bytes;
    yield one;
  }
}

/** Every file of a folder and of those in it; none where there is no such folder. */
export async function filesIn(folder: string): Promise<Kept[]> {
  const names = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const files: Kept[] = [];
  for (const { name, parentPath } of names.filter((entry) => entry.isFile())) {
    const path = join(parentPath, name);
    // It may have been renamed meanwhile by whoever writes it.
    const found = await stat(path).catch(() => undefined);
    if (found !== undefined) files.push({ path, usedAt: found.mtimeMs, bytes: found.size });
  }
  return files;
}
