import type { Authorization } from "./credentials.ts";
import { hidden } from "./hidden-text.ts";
import type { Repository } from "./repository-url.ts";

/** Inherited GIT_* variables that carry the operator's own set-up; all others (GIT_DIR, GIT_TRACE_…) are dropped. */
const INHERITED =
  /^GIT_(SSL_\w+|SSH|SSH_COMMAND|SSH_VARIANT|CONFIG_(GLOBAL|SYSTEM|NOSYSTEM|COUNT|KEY_\d+|VALUE_\d+)|HTTP_USER_AGENT|EXEC_PATH)$/;
const DROPPED = /^(SSH_ASKPASS|SSH_ASKPASS_REQUIRE|LANGUAGE|LC_.*|EDITOR|VISUAL|PAGER|PREFIX)$/;

/**
 * The environment of a git process. Everything that is secret or that must hold for submodules too goes in by
 * GIT_CONFIG_COUNT/KEY/VALUE: seen neither in argv nor in any file.
 *
 * @param options.silenceSeconds after so long without a byte, git's HTTP and ssh helpers give up by themselves
 */
export function gitEnvironment(options: {
  env: NodeJS.ProcessEnv;
  repository: Repository;
  authorization: Authorization;
  silenceSeconds: number;
  sshCommand?: string | undefined;
}): Record<string, string> {
  const { repository, authorization } = options;
  const seconds = Math.max(1, Math.ceil(options.silenceSeconds));
  const environment: Record<string, string> = {};
  for (const [name, value] of Object.entries(options.env)) {
    if (value === undefined || DROPPED.test(name) || (name.startsWith("GIT_") && !INHERITED.test(name)))
      continue;
    environment[name] = value;
  }
  addConfig(environment, [
    // Hooks and templates of whoever set up this machine are no part of a run, and cost time.
    ["core.hooksPath", "/dev/null"],
    ["init.templateDir", ""],
    ["core.fsmonitor", "false"],
    ["core.askPass", ""],
    ["advice.detachedHead", "false"],
    // Upkeep happens where we decide (mirror-upkeep.ts), never in the background of a run.
    ["gc.auto", "0"],
    ["maintenance.auto", "false"],
    // Packs appear whole or not at all; loose objects of a killed fetch would leave commits without their files.
    ["fetch.unpackLimit", "1"],
    ["fetch.recurseSubmodules", "false"],
    ["submodule.recurse", "false"],
    ["http.lowSpeedLimit", "1"],
    ["http.lowSpeedTime", String(seconds)],
    ...authorizationConfig(repository, authorization),
  ]);
  return {
    ...environment,
    // The table of git's messages (git-failures.ts) is in English.
    LC_ALL: "C",
    GIT_TERMINAL_PROMPT: "0",
    GCM_INTERACTIVE: "never",
    GIT_SSH_COMMAND: `${sshCommand(options)} -oBatchMode=yes -oConnectTimeout=${seconds} -oServerAliveInterval=${seconds} -oServerAliveCountMax=1`,
    GIT_ALLOW_PROTOCOL: repository.kind === "local" ? "file:http:https:ssh" : "http:https:ssh",
  };
}

function authorizationConfig(repository: Repository, authorization: Authorization): [string, string][] {
  if (repository.origin === undefined) return [];
  if (authorization.header !== undefined) {
    // Scoped to the host, so that private submodules beside the repository get it and other hosts never do.
    // Credential helpers are switched off: a wrong token shall fail, not be replaced by somebody else's.
    return [
      [`http.${repository.origin}/.extraHeader`, hidden(`Authorization: ${authorization.header}`)],
      ["credential.helper", ""],
    ];
  }
  return authorization.username === undefined
    ? []
    : [[`credential.${repository.origin}.username`, authorization.username]];
}

function sshCommand(options: { env: NodeJS.ProcessEnv; sshCommand?: string | undefined }): string {
  const { GIT_SSH_COMMAND: command, GIT_SSH: program } = options.env;
  if (command) return command;
  if (options.sshCommand) return options.sshCommand;
  return program ? `'${program.replaceAll("'", "'\\''")}'` : "ssh";
}

/** Appends configuration after what the environment already carries. */
function addConfig(environment: Record<string, string>, entries: [string, string][]): void {
  const before = Number.parseInt(environment.GIT_CONFIG_COUNT ?? "0", 10) || 0;
  for (const [index, [key, value]] of entries.entries()) {
    environment[`GIT_CONFIG_KEY_${before + index}`] = key;
    environment[`GIT_CONFIG_VALUE_${before + index}`] = value;
  }
  environment.GIT_CONFIG_COUNT = String(before + entries.length);
}
