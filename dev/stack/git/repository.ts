import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runCommand } from "../command.ts";
import { commitStream, type FileChanges } from "./commit-stream.ts";

const TRIES = 5;

/** A bare repository of the stack's git server: what a developer's pushes leave there, made without a clone. */
export class BareRepository {
  /** Its folder, e.g. `…/git/prefect-ts.git`. */
  readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
  }

  /** Makes an empty repository that takes pushes over HTTP. */
  static async create(folder: string): Promise<BareRepository> {
    await runCommand("git", ["init", "--quiet", "--bare", "--initial-branch=dev", folder], {
      env: gitEnvironment(),
    });
    const repository = new BareRepository(folder);
    await repository.git(["config", "http.receivepack", "true"]);
    await repository.git(["config", "uploadpack.allowAnySHA1InWant", "true"]);
    return repository;
  }

  /**
   * Commits changes on top of a branch, which is made where it is missing.
   * @param files  path → new text; null removes the file
   * @returns the commit's id
   */
  async push(files: FileChanges, options: { branch?: string; message?: string } = {}): Promise<string> {
    const branch = options.branch ?? "dev";
    for (let tries = 1; ; tries += 1) {
      const parent = await this.head(branch);
      const message = options.message ?? `Change ${Object.keys(files).join(", ")}`;
      try {
        await this.git(
          ["fast-import", "--quiet"],
          commitStream({ branch, message, files, ...(parent && { parent }) }),
        );
      } catch (error) {
        // Somebody else has pushed in between: on top of that, then.
        if (tries === TRIES || (await this.head(branch)) === parent) throw error;
        continue;
      }
      return await this.git(["rev-parse", `refs/heads/${branch}`]);
    }
  }

  /** Commits one file on top of a branch; see `push`. */
  commitFile(
    path: string,
    text: string,
    options: { branch?: string; message?: string } = {},
  ): Promise<string> {
    return this.push({ [path]: text }, options);
  }

  /** The id of a branch's last commit; undefined where there is no such branch. */
  async head(branch = "dev"): Promise<string | undefined> {
    const id = await this.git(["for-each-ref", "--format=%(objectname)", `refs/heads/${branch}`]);
    return id === "" ? undefined : id;
  }

  /**
   * Publishes a whole folder as it is now, whatever .gitignore leaves of it, as a commit. It need not be a git work
   * tree; where it is one, the commit comes after its HEAD (or is HEAD, when nothing has changed since), so that
   * HEAD's later commits can be pushed here. Its own index, branches and objects stay untouched.
   * @returns the commit's id
   */
  async publishFolder(folder: string, options: { branch?: string; message?: string } = {}): Promise<string> {
    const branch = options.branch ?? "dev";
    const scratch = await mkdtemp(join(tmpdir(), "prefect-ts-index-"));
    try {
      const env = { GIT_INDEX_FILE: join(scratch, "index"), GIT_WORK_TREE: folder };
      await this.git(["add", "--all"], undefined, { env, cwd: folder });
      const tree = await this.git(["write-tree"], undefined, { env });
      const parent = (await this.head(branch)) ?? (await this.#headOf(folder));
      const same = parent !== undefined && (await this.git(["rev-parse", `${parent}^{tree}`])) === tree;
      const message = options.message ?? "The working tree as it is now";
      const after = parent === undefined ? [] : ["-p", parent];
      const commit = same ? parent : await this.git(["commit-tree", tree, ...after, "-m", message]);
      await this.git(["update-ref", `refs/heads/${branch}`, commit]);
      return commit;
    } finally {
      await rm(scratch, { recursive: true, force: true });
    }
  }

  /** Brings the history of a work tree here; undefined where the folder is none, or has no commit yet. */
  async #headOf(folder: string): Promise<string | undefined> {
    try {
      await this.git(["fetch", "--quiet", "--no-tags", "--update-shallow", folder, "HEAD"]);
    } catch (error) {
      // A folder without history is as good: the commit is then the first.
      if (error instanceof Error) return undefined;
      throw error;
    }
    return await this.git(["rev-parse", "FETCH_HEAD"]);
  }

  /** Runs any git command in this repository and gives its output. */
  git(
    args: string[],
    input?: string | Buffer,
    more: { env?: NodeJS.ProcessEnv; cwd?: string } = {},
  ): Promise<string> {
    const env = { ...gitEnvironment(), GIT_DIR: this.folder, ...more.env };
    return runCommand("git", args, {
      env,
      cwd: more.cwd ?? this.folder,
      ...(input !== undefined && { input }),
    });
  }
}

/** Git without the user's own settings and hooks, and with a fixed author. */
export function gitEnvironment(): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith("GIT_"));
  return {
    ...Object.fromEntries(inherited),
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_CONFIG_GLOBAL: "/dev/null",
    GIT_AUTHOR_NAME: "Local stack",
    GIT_AUTHOR_EMAIL: "stack@localhost",
    GIT_COMMITTER_NAME: "Local stack",
    GIT_COMMITTER_EMAIL: "stack@localhost",
    GIT_TERMINAL_PROMPT: "0",
  };
}
