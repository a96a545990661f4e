import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { beforeAll, expect, it } from "vitest";
import { runCli } from "../support/cli.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const run = promisify(execFile);
let script: string;

beforeAll(async () => {
  script = join(await temporaryFolder(), "completion.sh");
  await writeFile(script, (await runCli(["completion", "bash"])).stdout);
});

/** What a real bash offers after these words; the last one is being typed. */
async function offered(words: string[]): Promise<string[]> {
  const ask = `source "$0"; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _prefect_ts; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout } = await run("bash", ["-c", ask, script, "prefect-ts", ...words]);
  return stdout.trim().split("\n");
}

it.each([
  [["work"], ["worker", "work-pool", "work-queue"]],
  [["work-pool", "cr"], ["create"]],
  [
    ["worker", "start", "--p"],
    ["--pool", "--prefetch-seconds", "--profile"],
  ],
  [["--profile", "x", "flow-run", "ca"], ["cancel"]],
  [["deploy", "--al"], ["--all"]],
  [["flow-run", "logs", "some-run", "--f"], ["--follow"]],
])("completes %j in bash to %j", async (words, expected) => {
  expect(await offered(words)).toEqual(expected);
});

it("prints scripts for zsh and fish, and refuses other shells", async () => {
  expect((await runCli(["completion", "zsh"])).stdout).toMatch(/^autoload .*bashcompinit\n/m);
  expect((await runCli(["completion", "fish"])).stdout).toContain(
    "complete -c prefect-ts -f -n '__fish_seen_subcommand_from work-pool; and not __fish_seen_subcommand_from create ls",
  );
  expect(await runCli(["completion", "csh"])).toMatchObject({ code: 2 });
});
