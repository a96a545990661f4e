import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { PullError } from "./errors.ts";

/** A project's package-lock.json. */
export interface LockFile {
  bytes: Buffer;
  /** Name of what is installed from it: the file's bytes, and the platform that native packages are built for. */
  key: string;
  /** Archives inside the repository that packages come from (`file:vendor/thing.tgz`), relative to the lock file. */
  archives: string[];
  /** Packages that are folders of the repository (workspaces, `file:lib/thing`): the lock file does not fix their content. */
  links: string[];
}

/** Reads a folder's package-lock.json; undefined when there is none. Throws DEPENDENCIES_FAILED when it is unreadable. */
export async function readLockFile(directory: string): Promise<LockFile | undefined> {
  const path = join(directory, "package-lock.json");
  const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
  if (bytes === undefined) return undefined;
  const packages = Object.entries(parse(bytes, path).packages ?? {});
  const platform = `${process.platform}-${process.arch}-${process.versions.modules}`;
  return {
    bytes,
    key: createHash("sha256").update(bytes).update(platform).digest("hex").slice(0, 32),
    archives: packages.flatMap(([, { resolved }]) =>
      resolved?.startsWith("file:") ? [resolved.slice(5)] : [],
    ),
    links: packages.flatMap(([name, { link }]) => (link === true ? [name] : [])),
  };
}

interface LockDocument {
  packages?: Record<string, { resolved?: string; link?: boolean }>;
}

function parse(bytes: Buffer, path: string): LockDocument {
  try {
    const document = JSON.parse(bytes.toString("utf8")) as LockDocument | null;
    if (document !== null && typeof document === "object") return document;
    throw new Error("it is no object");
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new PullError(
      "DEPENDENCIES_FAILED",
      `${path} cannot be read: ${reason}. Make it again with \`npm install\` and push it.`,
    );
  }
}
