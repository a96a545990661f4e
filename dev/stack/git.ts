import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { StackContext } from "./context.ts";
import { existingService } from "./existing.ts";
import { BareRepository } from "./git/repository.ts";
import { type GitServer, startGitServer } from "./git/server.ts";
import { PROJECT } from "./install/cache.ts";

/** The git server of a stack, and the repository on it that deployments are pulled from. */
export interface GitSettings {
  /** The server, e.g. `http://127.0.0.1:3999`. */
  url: string;
  /** What to clone: this project's working tree, as branch `dev`. */
  repositoryUrl: string;
  /** The folder of the bare repositories: `new BareRepository(join(folder, "prefect-ts.git"))`. */
  folder: string;
}

/** The same, where it runs in this process. */
export interface GitService extends GitSettings {
  /** The repository behind `repositoryUrl`. */
  repository: BareRepository;
  /** Makes another, empty repository; its address is `URL/NAME.git`. */
  createRepository(name: string): Promise<{ url: string; repository: BareRepository }>;
  server: GitServer;
}

/** A git server over HTTP in this process, with this project's working tree published as branch `dev`. */
export async function startGit(context: StackContext): Promise<GitService> {
  if (existingService("git")) {
    throw new Error(
      "PREFECT_TS_STACK_USE names git: the stack always brings its own git server. Take git out.",
    );
  }
  const folder = join(context.folder, "git");
  await mkdir(folder, { recursive: true });
  const repository = await BareRepository.create(join(folder, "prefect-ts.git"));
  await repository.publishFolder(PROJECT);
  const server = await startGitServer({ folder });
  context.closers.add("git server", () => server.close());
  return {
    url: server.url,
    repositoryUrl: `${server.url}/prefect-ts.git`,
    folder,
    repository,
    server,
    createRepository: async (name) => {
      const created = await BareRepository.create(join(folder, `${name}.git`));
      return { url: `${server.url}/${name}.git`, repository: created };
    },
  };
}
