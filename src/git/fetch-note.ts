import { createHash, randomUUID } from "node:crypto";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** When the last successful fetch of a ref began, and what it found. */
interface FetchNote {
  clock: string;
  /** Monotonic time, ns. */
  startedAt: string;
  commit: string;
}

let clock: Promise<string> | undefined;

/**
 * Times are of the monotonic clock, which all processes of one boot of one machine share and nobody can turn back; the
 * boot id tells whose times can be compared. Where there is none, no process believes another's times.
 */
function thisClock(): Promise<string> {
  clock ??= readFile("/proc/sys/kernel/random/boot_id", "utf8").then(
    (text) => text.trim(),
    () => randomUUID(),
  );
  return clock;
}

/** The present moment, to be compared with the start of fetches. */
export function moment(): bigint {
  return process.hrtime.bigint();
}

/** The commit that a fetch found which began after `since`, by whichever process; undefined when there was none. */
export async function fetchedSince(
  mirror: string,
  remoteRef: string,
  since: bigint,
): Promise<string | undefined> {
  const note = await readNote(mirror, remoteRef);
  if (note === undefined) return undefined;
  return note.clock === (await thisClock()) && BigInt(note.startedAt) > since ? note.commit : undefined;
}

/** The commit that the last fetch found, whenever that was; undefined when there was none. */
export async function lastFetched(mirror: string, remoteRef: string): Promise<string | undefined> {
  return (await readNote(mirror, remoteRef))?.commit;
}

async function readNote(mirror: string, remoteRef: string): Promise<FetchNote | undefined> {
  const text = await readFile(notePath(mirror, remoteRef), "utf8").catch(() => undefined);
  return text === undefined ? undefined : (JSON.parse(text) as FetchNote);
}

/** Leaves word of a fetch for those who wait. Only the holder of the mirror's lock may call it. */
export async function noteFetch(
  mirror: string,
  remoteRef: string,
  startedAt: bigint,
  commit: string,
): Promise<void> {
  const note: FetchNote = { clock: await thisClock(), startedAt: String(startedAt), commit };
  const path = notePath(mirror, remoteRef);
  await mkdir(join(mirror, "fetches"), { recursive: true });
  // Renamed into place, so that a reader without the lock never sees half a note.
  await writeFile(`${path}.new`, JSON.stringify(note));
  await rename(`${path}.new`, path);
}

function notePath(mirror: string, remoteRef: string): string {
  return join(mirror, "fetches", `${createHash("sha256").update(remoteRef).digest("hex").slice(0, 20)}.json`);
}
