import { randomUUID } from "node:crypto";
import { readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { PullError } from "./errors.ts";
import { fetchedSince, lastFetched, moment, noteFetch } from "./fetch-note.ts";
import { withFileLock } from "./file-lock.ts";
import type { Git } from "./git-command.ts";
import { readLocalBranch } from "./local-ref.ts";
import type { Log } from "./log.ts";
import { keepMirrorTidy } from "./mirror-upkeep.ts";
import { pathExists } from "./path-exists.ts";
import { writeMirrorFolder } from "./repository-folder.ts";
import { markUsed } from "./storage-upkeep.ts";
import { mirrorRef } from "./wanted-commit.ts";

/** One bare repository per URL, kept between runs; all checkouts borrow its objects. */
export interface Mirror {
  /** Folder `<storage>/mirrors/<name>-<hash>.git`; its lock lies beside it. */
  path: string;
  /** Folder of all mirrors. */
  storage: string;
  /** Clean URL. */
  url: string;
  /** Whether it is a path or file:// URL. */
  local: boolean;
  git: Git;
  signal: AbortSignal | undefined;
  log: Log;
}

/**
 * Asks the server for a ref (`refs/heads/dev`, `HEAD`, a full commit hash) and gives the object it names now.
 *
 * The history of the ref is fetched whole, without tags: a later fetch then brings only what is new, `git log` and
 * pinned commits work, and a force-pushed branch is just another ref. One process fetches at a time; those who began to
 * wait before a fetch began take its result. A repository on this machine's disk is looked at first: a branch that is
 * where the last fetch found it needs none. A mirror that git cannot read is made again, once.
 */
export async function fetchIntoMirror(mirror: Mirror, remoteRef: string): Promise<string> {
  const unmoved = mirror.local ? await fetchedBefore(mirror, remoteRef) : undefined;
  if (unmoved !== undefined) return unmoved;
  const asked = moment();
  const shortcut = () => fetchedSince(mirror.path, remoteRef, asked);
  return withFileLock(`${mirror.path}.lock`, () => fetchLocked(mirror, remoteRef), {
    signal: mirror.signal,
    shortcut,
  });
}

/** What the last fetch found, where that is what the branch on disk names now. */
async function fetchedBefore(mirror: Mirror, remoteRef: string): Promise<string | undefined> {
  const last = await lastFetched(mirror.path, remoteRef);
  if (last === undefined || last !== (await readLocalBranch(mirror.url, remoteRef))) return undefined;
  await markUsed(mirror.path);
  return last;
}

async function fetchLocked(mirror: Mirror, remoteRef: string): Promise<string> {
  try {
    return await fetchOnce(mirror, remoteRef);
  } catch (error) {
    if (!(error instanceof PullError) || !["GIT_MIRROR_CORRUPTED", "GIT_MIRROR_BUSY"].includes(error.code))
      throw error;
    mirror.log("warning", `The mirror of ${mirror.url} cannot be used and is made again. ${error.message}`);
    await discardMirror(mirror);
    return fetchOnce(mirror, remoteRef);
  }
}

async function fetchOnce(mirror: Mirror, remoteRef: string): Promise<string> {
  const startedAt = moment();
  if (!(await pathExists(join(mirror.path, "HEAD")))) await writeMirrorFolder(mirror.path);
  const localRef = mirrorRef(remoteRef);
  await runFetch(mirror, [`+${remoteRef}:${localRef}`]);
  const commit = await readRef(mirror.path, localRef);
  await keepMirrorTidy(mirror);
  await noteFetch(mirror.path, remoteRef, startedAt, commit);
  await markUsed(mirror.path);
  return commit;
}

/** Fetches all branches and tags: for a pinned commit that the server does not give by its hash. */
export async function fetchAllIntoMirror(mirror: Mirror): Promise<void> {
  const refspecs = ["+refs/heads/*:refs/prefect-all/heads/*", "+refs/tags/*:refs/prefect-all/tags/*"];
  await withFileLock(
    `${mirror.path}.lock`,
    async () => {
      if (!(await pathExists(join(mirror.path, "HEAD")))) await writeMirrorFolder(mirror.path);
      await runFetch(mirror, refspecs, ["--prune"]);
    },
    { signal: mirror.signal },
  );
}

async function runFetch(mirror: Mirror, refspecs: string[], options: string[] = []): Promise<void> {
  await mirror.git(
    // --progress: a large fetch must be told from a mute server. --verbose: simple-git waits 50 ms after silent commands.
    [
      "fetch",
      "--no-tags",
      "--no-write-fetch-head",
      "--progress",
      "--verbose",
      ...options,
      "--",
      mirror.url,
      ...refspecs,
    ],
    { directory: mirror.path, gitDirectory: mirror.path },
  );
}

/** Makes the mirror again after a checkout found it broken, unless somebody else did since `brokenAt`. */
export async function remakeMirror(mirror: Mirror, remoteRef: string, brokenAt: bigint): Promise<string> {
  return withFileLock(
    `${mirror.path}.lock`,
    async () => {
      const healed = await fetchedSince(mirror.path, remoteRef, brokenAt);
      if (healed !== undefined) return healed;
      await discardMirror(mirror);
      return fetchOnce(mirror, remoteRef);
    },
    { signal: mirror.signal },
  );
}

/** Moves the folder away before it is removed: nobody ever sees half a mirror under its name. */
async function discardMirror(mirror: Mirror): Promise<void> {
  const away = `${mirror.path}.broken-${randomUUID()}`;
  await rename(mirror.path, away).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "ENOENT") throw error;
  });
  await rm(away, { recursive: true, force: true, maxRetries: 3 });
}

/** The object a ref names: its own file, or the table that upkeep packs refs into. Saves a git process a run. */
async function readRef(directory: string, ref: string): Promise<string> {
  const own = await readFile(join(directory, ref), "utf8").catch(() => "");
  if (/^[0-9a-f]{40,64}\n?$/.test(own)) return own.trim();
  const packed = await readFile(join(directory, "packed-refs"), "utf8").catch(() => "");
  const line = packed.split("\n").find((entry) => entry.endsWith(` ${ref}`));
  if (line !== undefined) return line.slice(0, line.indexOf(" "));
  throw new PullError(
    "GIT_MIRROR_CORRUPTED",
    `${directory} holds no ${ref} after a fetch. Delete the mirror.`,
    {
      retryable: true,
    },
  );
}
