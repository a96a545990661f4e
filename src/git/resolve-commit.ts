import { PullError } from "./errors.ts";
import { fetchAllIntoMirror, fetchIntoMirror, type Mirror } from "./mirror.ts";
import type { Wanted } from "./wanted-commit.ts";

/** A commit that the mirror holds. */
export interface Resolved {
  commit: string;
  /** Branch that HEAD shall be; absent for tags and pinned commits. */
  branch?: string;
  /** What the server was asked for, to ask again should the mirror be broken. */
  remoteRef: string;
}

/**
 * Brings the wanted commit into the mirror. Branches and tags are asked for at each call; a pinned commit that the
 * mirror holds needs no server.
 * Throws GIT_BRANCH_NOT_FOUND (with branches that exist), GIT_COMMIT_NOT_FOUND, and what fetching throws.
 */
export async function resolveCommit(mirror: Mirror, wanted: Wanted): Promise<Resolved> {
  if (wanted.kind === "commit") return resolvePinned(mirror, wanted.sha);
  if (wanted.kind === "default") return resolveDefault(mirror);
  const heads = `refs/heads/${wanted.name}`;
  const commit = await fetchUnlessMissing(mirror, heads);
  if (commit !== undefined) return { commit, branch: wanted.name, remoteRef: heads };
  const tags = `refs/tags/${wanted.name}`;
  const tag = await fetchUnlessMissing(mirror, tags);
  if (tag !== undefined) return { commit: await peel(mirror, tag), remoteRef: tags };
  throw await branchNotFound(mirror, wanted.name);
}

/** The default branch: what HEAD is, and its name, asked for side by side. */
async function resolveDefault(mirror: Mirror): Promise<Resolved> {
  const fetching = fetchIntoMirror(mirror, "HEAD");
  const listing = listRefs(mirror, ["--symref", "--", mirror.url, "HEAD"]);
  // Both are waited for, so that no git is left running when one of them fails.
  await Promise.allSettled([fetching, listing]);
  const commit = await fetching;
  const branch = /^ref: refs\/heads\/(.+)\tHEAD$/m.exec(await listing)?.[1];
  return { commit, remoteRef: "HEAD", ...(branch === undefined ? {} : { branch }) };
}

async function resolvePinned(mirror: Mirror, sha: string): Promise<Resolved> {
  const known = await findCommit(mirror, sha);
  if (known !== undefined) return { commit: known, remoteRef: sha };
  if (sha.length >= 40) {
    try {
      await fetchIntoMirror(mirror, sha);
      return { commit: await peel(mirror, sha), remoteRef: sha };
    } catch (error) {
      // Some servers give only what a branch or tag names; the commit may still be in their history.
      if (!(error instanceof PullError) || error.code !== "GIT_COMMIT_NOT_FOUND") throw error;
    }
  }
  await fetchAllIntoMirror(mirror);
  const found = await findCommit(mirror, sha);
  if (found !== undefined) return { commit: found, remoteRef: found };
  throw new PullError(
    "GIT_COMMIT_NOT_FOUND",
    `commit ${sha} is on no branch or tag of ${mirror.url}. Push it, or correct \`commit_sha\` in the pull step.`,
  );
}

async function fetchUnlessMissing(mirror: Mirror, remoteRef: string): Promise<string | undefined> {
  try {
    return await fetchIntoMirror(mirror, remoteRef);
  } catch (error) {
    if (error instanceof PullError && error.code === "GIT_BRANCH_NOT_FOUND") return undefined;
    throw error;
  }
}

async function peel(mirror: Mirror, object: string): Promise<string> {
  const where = { directory: mirror.path, gitDirectory: mirror.path };
  return (
    await mirror.git(["rev-parse", "--verify", "--end-of-options", `${object}^{commit}`], where)
  ).trim();
}

/** The full name of a commit that the mirror holds already. */
async function findCommit(mirror: Mirror, sha: string): Promise<string | undefined> {
  try {
    return await peel(mirror, sha);
  } catch (error) {
    // Not there, ambiguous, or no mirror yet: asking the server settles it.
    if (error instanceof PullError && error.code !== "GIT_CANCELLED") return undefined;
    throw error;
  }
}

function listRefs(mirror: Mirror, args: string[]): Promise<string> {
  return mirror.git(["ls-remote", "--quiet", ...args], { directory: mirror.storage });
}

async function branchNotFound(mirror: Mirror, name: string): Promise<PullError> {
  const listing = await listRefs(mirror, ["--heads", "--", mirror.url]);
  const branches = [...listing.matchAll(/\trefs\/heads\/(.+)$/gm)].map((match) => match[1] ?? "");
  const shown =
    branches.slice(0, 10).join(", ") + (branches.length > 10 ? ` and ${branches.length - 10} more` : "");
  return new PullError(
    "GIT_BRANCH_NOT_FOUND",
    `${mirror.url} has no branch or tag ${JSON.stringify(name)}. Branches there: ${shown || "none, the repository is empty"}. ` +
      "Push the branch or correct `branch` in the pull step.",
  );
}
