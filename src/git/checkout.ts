import { mkdir, readdir } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import type { GitCredentials } from "./credentials.ts";
import { fullDisk } from "./disk-space.ts";
import { PullError, throwIfCancelled } from "./errors.ts";
import { moment } from "./fetch-note.ts";
import { gitFor } from "./git-for.ts";
import type { Log } from "./log.ts";
import { type Mirror, remakeMirror } from "./mirror.ts";
import { removeCheckout } from "./remove-checkout.ts";
import { mirrorName, parseRepository, type Repository } from "./repository-url.ts";
import { type Resolved, resolveCommit } from "./resolve-commit.ts";
import { type Wanted, wantedCommit } from "./wanted-commit.ts";
import { type RetryPolicy, withRetries } from "./with-retries.ts";
import { fillWorkingTree } from "./working-tree.ts";

/** What to check out, and where. */
export interface CheckoutOptions {
  /** https://, http://, ssh://, git@host:path, file:// or a path; credentials inside are taken out. */
  repository: string;
  /** Branch or tag; the default branch when neither this nor `commitSha` is given. */
  branch?: string | undefined;
  commitSha?: string | undefined;
  accessToken?: string | undefined;
  credentials?: GitCredentials | undefined;
  includeSubmodules?: boolean | undefined;
  /** Only these folders (and the files beside and above them), as `git sparse-checkout set`. */
  directories?: string[] | undefined;
  /** Folder to make; must not exist or be empty. */
  directory: string;
  /** Folder of mirrors and dependencies, shared by all runs of this machine. */
  storage: string;
  env: NodeJS.ProcessEnv;
  log: Log;
  signal?: AbortSignal | undefined;
  /** A git command that prints nothing for so long is ended. Default 60 000 ms. */
  silenceMs?: number | undefined;
  retry?: RetryPolicy | undefined;
}

/** A checked-out commit. */
export interface Checkout {
  /** Absolute path. */
  directory: string;
  /** Full commit hash. */
  commit: string;
  /** Branch that HEAD is; absent for tags and pinned commits. */
  branch?: string;
  /** Clean URL: no credentials. */
  repository: string;
}

/**
 * Checks the newest commit out into a fresh folder. The server is asked each time, so that code pushed a second ago
 * runs; objects come from the mirror under `storage`. On any failure the folder is gone again.
 * Throws PullError (`GIT_…`, see errors.ts and git-failures.ts).
 */
export async function createCheckout(options: CheckoutOptions): Promise<Checkout> {
  const repository = parseRepository(options.repository);
  const wanted = wantedCommit(options.branch, options.commitSha);
  const directory = resolve(options.directory);
  const folders = sparseFolders(options.directories);
  const { mirror, redact } = await openMirror(repository, options);
  await refuseFullFolder(directory);
  try {
    const found = await withRetries(() => resolveCommit(mirror, wanted), options);
    const target = { directory, mirror, folders, includeSubmodules: options.includeSubmodules ?? false };
    const made = await withRetries(() => fillOrHeal(target, found, wanted), options);
    const { commit, branch } = made;
    return { directory, commit, repository: repository.url, ...(branch === undefined ? {} : { branch }) };
  } catch (error) {
    // Looked at before anything is removed: afterwards there is room again.
    const full = await fullDisk([directory, mirror.path]);
    await removeCheckout({ directory, within: dirname(directory) });
    throw explain(error, { url: repository.url, directory, full, redact });
  }
}

function explain(
  error: unknown,
  seen: { url: string; directory: string; full: string | undefined; redact: (text: string) => string },
): PullError {
  const code = error instanceof PullError ? error.code : undefined;
  const text = error instanceof PullError ? error.message : seen.redact(String(error));
  if (seen.full !== undefined && code !== "GIT_CANCELLED") {
    const next = `Free space there (old mirrors and dependencies may be deleted). ${text}`;
    return new PullError("GIT_DISK_FULL", `the disk of ${seen.full} is full. ${next}`);
  }
  if (error instanceof PullError) return error;
  return new PullError("GIT_FAILED", `checkout of ${seen.url} into ${seen.directory} failed: ${text}`);
}

async function openMirror(
  repository: Repository,
  options: CheckoutOptions,
): Promise<{ mirror: Mirror; redact: (text: string) => string }> {
  const storage = join(resolve(options.storage), "mirrors");
  await mkdir(storage, { recursive: true });
  const { git, redact } = await gitFor(repository, options, storage);
  const path = join(storage, `${mirrorName(repository)}.git`);
  return {
    mirror: {
      ...{ path, storage, git, signal: options.signal, log: options.log },
      ...{ url: repository.url, local: repository.kind === "local" },
    },
    redact,
  };
}

interface Target {
  directory: string;
  mirror: Mirror;
  folders: string[];
  includeSubmodules: boolean;
}

/** Fills the working tree; a mirror that turns out to be broken is made again, once. */
async function fillOrHeal(target: Target, found: Resolved, wanted: Wanted): Promise<Resolved> {
  const began = moment();
  try {
    await fillWorkingTree(target, found);
    return found;
  } catch (error) {
    if (!(error instanceof PullError) || error.code !== "GIT_MIRROR_CORRUPTED") throw error;
    target.mirror.log(
      "warning",
      `The mirror of ${target.mirror.url} is broken and is made again. ${error.message}`,
    );
    await removeCheckout({ directory: target.directory, within: dirname(target.directory) });
    await remakeMirror(target.mirror, found.remoteRef, began);
    const again = await resolveCommit(target.mirror, wanted);
    await fillWorkingTree(target, again);
    return again;
  } finally {
    throwIfCancelled(target.mirror.signal, `Checkout of ${target.mirror.url}`);
  }
}

async function refuseFullFolder(directory: string): Promise<void> {
  const entries = await readdir(directory).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw new PullError(
      "CHECKOUT_REFUSED",
      `${directory} cannot be checked out into: ${error.message}. Give a free folder.`,
    );
  });
  if (entries.length === 0) return;
  throw new PullError(
    "CHECKOUT_REFUSED",
    `${directory} exists and is not empty (${entries.slice(0, 3).join(", ")}). Give another folder, or another clone_directory_name.`,
  );
}

function sparseFolders(folders: string[] | undefined): string[] {
  for (const folder of folders ?? []) {
    if (
      folder === "" ||
      folder.startsWith("/") ||
      folder.startsWith("-") ||
      folder.split("/").includes("..") ||
      /[\n\r]/.test(folder)
    ) {
      throw new PullError(
        "GIT_BAD_INPUT",
        `directories holds ${JSON.stringify(folder)}: give folders of the repository, such as "flows".`,
      );
    }
  }
  return folders ?? [];
}
