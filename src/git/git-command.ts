import { type SimpleGitOptions, simpleGit } from "simple-git";
import { cancelled, PullError } from "./errors.ts";
import { classifyGitFailure } from "./git-failures.ts";
import { endMarkedProcesses, newProcessMark } from "./process-mark.ts";

/** Runs one git command and gives its standard output. */
export type Git = (
  args: readonly string[],
  where: { directory: string; gitDirectory?: string },
) => Promise<string>;

/** We set these ourselves (git-environment.ts), with values that no user input reaches unchecked. */
const UNSAFE: NonNullable<SimpleGitOptions["unsafe"]> = {
  allowUnsafeConfigEnvCount: true,
  allowUnsafeConfigPaths: true,
  allowUnsafeSshCommand: true,
  allowUnsafeHooksPath: true,
  allowUnsafeTemplateDir: true,
  allowUnsafeAskPass: true,
  allowUnsafeCredentialHelper: true,
  allowUnsafeFsMonitor: true,
  allowUnsafeExec: true,
};

/**
 * Binds git to an environment, an abort signal and a limit of silence.
 *
 * @param options.silenceMs a command that prints nothing for so long is ended with GIT_TIMEOUT
 * @param options.subject what errors call the thing worked on: the repository's clean URL
 * Throws PullError with a code of `git-failures.ts`.
 */
export function createGit(options: {
  env: Record<string, string>;
  signal?: AbortSignal | undefined;
  silenceMs: number;
  subject: string;
  redact: (text: string) => string;
}): Git {
  return async (args, where) => {
    if (options.signal?.aborted) throw cancelled(`git ${args[0]} of ${options.subject}`);
    const mark = newProcessMark();
    const env: Record<string, string> = { ...options.env, [mark.name]: mark.value };
    if (where.gitDirectory !== undefined) env.GIT_DIR = where.gitDirectory;
    const stop = new AbortController();
    let ended: PullError | undefined;
    let ending: Promise<void> | undefined;
    const end = (error: PullError) => {
      ended ??= error;
      stop.abort();
      ending ??= endMarkedProcesses(mark);
    };
    const onAbort = () => end(cancelled(`git ${args[0]} of ${options.subject}`));
    const onSilence = () => end(silent(options.subject, args[0], options.silenceMs));
    let timer = setTimeout(onSilence, options.silenceMs);
    const heard = () => {
      clearTimeout(timer);
      timer = setTimeout(onSilence, options.silenceMs);
    };
    options.signal?.addEventListener("abort", onAbort, { once: true });
    try {
      return await simpleGit({
        baseDir: where.directory,
        abort: stop.signal,
        allowEnvironment: Object.keys(env),
        unsafe: UNSAFE,
        // Without this an exit code with empty stderr counts as success, and half an output as the whole.
        errors: (error, result) =>
          result.exitCode === 0 ? error : Buffer.concat([...result.stdErr, ...result.stdOut]),
        completion: { onClose: true, onExit: false },
      })
        .env(env)
        .outputHandler((_command, stdout, stderr) => {
          stdout.on("data", heard);
          stderr.on("data", heard);
        })
        .raw([...args]);
    } catch (error) {
      throw ended ?? gitError(error, options, args);
    } finally {
      clearTimeout(timer);
      options.signal?.removeEventListener("abort", onAbort);
      await ending;
    }
  };
}

function silent(subject: string, command: string | undefined, silenceMs: number): PullError {
  return new PullError(
    "GIT_TIMEOUT",
    `git ${command} of ${subject} said nothing for ${silenceMs / 1000} s and was ended. ` +
      "Check that the git server answers, or allow it more time.",
    { retryable: true },
  );
}

function gitError(
  error: unknown,
  options: { subject: string; redact: (text: string) => string },
  args: readonly string[],
): PullError {
  const text = options.redact(error instanceof Error ? error.message : String(error));
  const failure = classifyGitFailure(text);
  return new PullError(
    failure.code,
    `git ${args[0]} of ${options.subject} failed. ${failure.next} git said: ${lastLines(text) || "nothing"}`,
    { retryable: failure.retryable },
  );
}

/** The lines that matter: git repeats progress and hints before its last words. */
function lastLines(text: string): string {
  const lines = text.split(/[\r\n]+/).map((line) => line.trim());
  const words = lines.filter(
    (line) =>
      line !== "" &&
      !/^(remote: )?(Enumerating|Counting|Compressing|Receiving|Resolving|Updating)\b/.test(line),
  );
  return words.slice(-4).join(" | ").slice(0, 800);
}
