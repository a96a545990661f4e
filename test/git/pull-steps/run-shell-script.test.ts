import { describe, expect, test } from "vitest";
import { runShellScript } from "../../../src/git/pull-steps/run-shell-script.ts";
import { commandLines } from "../support/processes.ts";
import { failure, temporaryFolder } from "../support/workspace.ts";

async function run(inputs: Record<string, unknown>, signal?: AbortSignal) {
  const lines: string[] = [];
  const workingDirectory = await temporaryFolder();
  const result = await runShellScript(inputs, {
    workingDirectory,
    storage: workingDirectory,
    env: { ...process.env, NAME: "outer" },
    log: (_level, message) => void lines.push(message),
    signal,
    silenceMs: undefined,
    retry: undefined,
  });
  const { stdout, stderr } = result.outputs;
  return { stdout, stderr, lines };
}

describe("run_shell_script", () => {
  test("runs each line as a command of its own, without a shell", async () => {
    const { stdout, lines } = await run({ script: "echo 'a  b' $NAME | cat\n\n  echo two" });
    expect(stdout).toBe("a  b $NAME | cat\ntwo");
    expect(lines).toEqual(["a  b $NAME | cat", "two"]);
  });

  test("goes through a shell when `shell` is true, and says nothing when `stream_output` is false", async () => {
    const { stdout, stderr, lines } = await run({
      script: "echo $NAME | tr a-z A-Z\necho warn >&2",
      shell: true,
      stream_output: false,
      env: { NAME: "inner" },
    });
    expect([stdout, stderr, lines]).toEqual(["INNER", "warn", []]);
  });

  test("expands variables of the environment and its own when `expand_env_vars` is true", async () => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the script's own placeholder
    const script = "echo $NAME ${COUNT} $$NAME $UNKNOWN_VARIABLE";
    const { stdout } = await run({ script, env: { COUNT: 3 }, expand_env_vars: true });
    expect(stdout).toBe("outer 3 $NAME $UNKNOWN_VARIABLE");
  });

  test("ends at the first command that fails, with what it said", async () => {
    const error = await failure(run({ script: "ls /nowhere-at-all\necho never" }));
    expect(error.code).toBe("PULL_STEP_FAILED");
    expect(error.message).toMatch(/ls ended with exit code 2.*nowhere-at-all/);
    const missing = await failure(run({ script: "no-such-program --password=hunter22" }));
    expect(missing.message).toContain('"no-such-program" cannot be started (ENOENT)');
    expect(missing.message).not.toContain("hunter22");
  });

  test("ends with all its processes when it is cancelled", async () => {
    const stop = new AbortController();
    const ended = failure(run({ script: "sleep 61.5 & sleep 61.5", shell: true }, stop.signal));
    await expect.poll(() => commandLines("sleep 61.5"), { timeout: 5_000 }).not.toEqual([]);
    stop.abort();
    expect((await ended).code).toBe("GIT_CANCELLED");
    expect(await commandLines("sleep 61.5")).toEqual([]);
  });
});
