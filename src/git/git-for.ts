import { authorize, type GitCredentials } from "./credentials.ts";
import { createGit, type Git } from "./git-command.ts";
import { gitEnvironment } from "./git-environment.ts";
import type { Log } from "./log.ts";
import { redactor } from "./redact.ts";
import type { Repository } from "./repository-url.ts";

/** How a repository's server is spoken to. */
interface Access {
  accessToken?: string | undefined;
  credentials?: GitCredentials | undefined;
  env: NodeJS.ProcessEnv;
  log: Log;
  signal?: AbortSignal | undefined;
  /** A git command that prints nothing for so long is ended. Default 60 000 ms. */
  silenceMs?: number | undefined;
}

/** Git with the credentials for a repository. @param directory  any folder that is there, to ask for settings in */
export async function gitFor(
  repository: Repository,
  access: Access,
  directory: string,
): Promise<{ git: Git; redact: (text: string) => string }> {
  const authorization = authorize(repository, access);
  for (const warning of authorization.warnings) access.log("warning", warning);
  const redact = redactor(authorization.secrets);
  const silenceMs = access.silenceMs ?? 60_000;
  const bind = (sshCommand?: string) =>
    createGit({
      env: gitEnvironment({
        env: access.env,
        repository,
        authorization,
        silenceSeconds: silenceMs / 1000,
        sshCommand,
      }),
      signal: access.signal,
      silenceMs,
      subject: repository.url,
      redact,
    });
  return { git: repository.kind === "ssh" ? bind(await configuredSsh(bind(), directory)) : bind(), redact };
}

/** The operator's core.sshCommand (a deploy key, say), which our GIT_SSH_COMMAND would hide. */
async function configuredSsh(git: Git, directory: string): Promise<string | undefined> {
  const text = await git(["config", "--default", "", "--get", "core.sshCommand"], { directory });
  return text.trim() || undefined;
}
