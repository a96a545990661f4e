import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { runPullSteps } from "../../../src/git/pull-steps/run-pull-steps.ts";
import { failure, NO_RETRY, workspace } from "../support/workspace.ts";

const CLONE = "prefect.deployments.steps.git_clone";
const SHELL = "prefect.deployments.steps.run_shell_script";
const CHDIR = "prefect.deployments.steps.set_working_directory";

async function place() {
  const base = await workspace();
  const runDirectory = join(base.folder, "run");
  return {
    ...base,
    runDirectory,
    run: (steps: unknown[], more: Partial<Parameters<typeof runPullSteps>[0]> = {}) =>
      runPullSteps({
        steps,
        runDirectory,
        storage: base.storage,
        env: process.env,
        log: base.log,
        retry: NO_RETRY,
        ...more,
      }),
  };
}

describe("pull steps", () => {
  test("clone before the run is claimed, but run no script until it is", async () => {
    const { repository, run, runDirectory } = await place();
    const flows = await repository("flows");
    const claimed = Promise.withResolvers<void>();
    const steps = [
      { [CLONE]: { repository: flows.folder, branch: "dev" } },
      { [SHELL]: { script: "touch ran", directory: "{{ directory }}" } },
    ];
    const running = run(steps, { claimed: claimed.promise });
    running.catch(() => undefined);
    await expect.poll(() => existsSync(join(runDirectory, "flows-dev", "flow.ts"))).toBe(true);
    claimed.reject(new Error("another worker has it"));
    await expect(running).rejects.toThrow("another worker has it");
    expect(existsSync(join(runDirectory, "flows-dev", "ran"))).toBe(false);
  });

  test("clone, run a script there and set the working directory, each with the outputs of those before", async () => {
    const { repository, run, runDirectory } = await place();
    const flows = await repository("flows", { "src/flow.ts": "1" });
    const result = await run([
      { [CLONE]: { id: "clone-step", repository: flows.folder, branch: "dev", access_token: null } },
      null,
      { [SHELL]: { id: "where", script: "git rev-parse HEAD", directory: "{{ clone-step.directory }}" } },
      { [CHDIR]: { directory: "{{ directory }}/src" } },
    ]);
    expect(result.directory).toBe(join(runDirectory, "flows-dev", "src"));
    expect(result.checkout?.commit).toBe(await flows.head());
    expect(result.outputs["clone-step"]).toEqual({ directory: "flows-dev" });
    expect(result.outputs.where).toEqual({ stdout: await flows.head(), stderr: "" });
  });

  test("end in the checkout when git_clone is the only one, by any of Prefect's names for it", async () => {
    const { repository, run, runDirectory } = await place();
    const flows = await repository("flows");
    const modules = ["deployments.steps", "deployments.steps.pull", "projects.steps", "projects.steps.pull"];
    for (const [index, module] of modules.entries()) {
      const inputs = { repository: flows.folder, branch: "dev", clone_directory_name: `copy-${index}` };
      const result = await run([{ [`prefect.${module}.git_clone`]: inputs }]);
      expect(result.directory).toBe(join(runDirectory, `copy-${index}`));
    }
  });

  test("without any give the run's own folder", async () => {
    const { run, runDirectory } = await place();
    expect(await run([])).toEqual({ directory: runDirectory, outputs: {} });
  });

  test("get blocks and variables from the caller, after outputs and environment are put in", async () => {
    const { repository, run, runDirectory, lines, log } = await place();
    const flows = await repository("flows");
    const seen: unknown[] = [];
    const resolve = async (value: unknown) => {
      seen.push(value);
      return JSON.parse(JSON.stringify(value).replace("{{ prefect.variables.branch }}", "dev"));
    };
    const inputs = {
      repository: "{{ $FLOWS }}",
      branch: "{{ prefect.variables.branch }}",
      clone_directory_name: "{{ nowhere }}",
    };
    const env = { ...process.env, FLOWS: flows.folder };
    const result = await run([{ [CLONE]: inputs }], { resolve, env, log });
    expect(seen).toEqual([{ repository: flows.folder, branch: "{{ prefect.variables.branch }}" }]);
    expect(result.directory).toBe(join(runDirectory, "flows-dev"));
    expect(lines.join("\n")).toContain("{{ nowhere }} names no output");
  });

  test("are told of one by one, with inputs as they were before secrets came in", async () => {
    const { run } = await place();
    const told: unknown[] = [];
    const steps = [
      { [SHELL]: { id: "ok", script: "echo {{ $HOME }}" } },
      { [SHELL]: { script: "false" } },
      { [SHELL]: { script: "echo never" } },
    ];
    const onStep = (step: { index: number; inputs: unknown }, outcome: string) =>
      told.push([step.index, step.inputs, outcome]);
    await failure(run(steps, { onStep }));
    expect(told).toEqual([
      [0, { script: "echo {{ $HOME }}" }, "executed"],
      [1, { script: "false" }, "failed"],
    ]);
  });

  test("that Prefect for Python alone can do are refused before the first one runs", async () => {
    const { run, runDirectory } = await place();
    const first = { [SHELL]: { script: "touch here" } };
    const refused = await failure(run([first, { "prefect.deployments.steps.pip_install_requirements": {} }]));
    expect(refused.code).toBe("PULL_STEP_REFUSED");
    expect(refused.message).toContain("package-lock.json");
    const unknown = await failure(run([first, { "my.steps.thing": { a: 1 } }]));
    expect(unknown.code).toBe("PULL_STEP_UNKNOWN");
    expect(unknown.message).toMatch(
      /git_clone, .*set_working_directory, .*run_shell_script, prefect_ts\.steps\.npm_ci/,
    );
    expect(existsSync(join(runDirectory, "here"))).toBe(false);
  });

  test.each([
    [{ [CLONE]: {}, [SHELL]: {} }, "one name"],
    [{ [CLONE]: { branch: "dev" } }, "repository"],
    [{ [CLONE]: { repository: "/x", brunch: "dev" } }, "brunch"],
    [{ [CHDIR]: { directory: "{{ clone.directory }}" } }, "directory"],
    [{ [SHELL]: { script: "echo 'open" } }, "quote is not closed"],
    ["git_clone", "one name"],
  ])("with wrong inputs name them: %j", async (step, words) => {
    const error = await failure((await place()).run([step]));
    expect(error.code).toBe("PULL_STEP_INPUT");
    expect(error.message).toContain(words);
  });

  test.each(["../x", "/tmp/prefect-ts-outside", ".", "a/../../x"])(
    "never clone to %j, out of the run's folder",
    async (clone_directory_name) => {
      const error = await failure(
        (await place()).run([{ [CLONE]: { repository: "/x", clone_directory_name } }]),
      );
      expect(error.code).toBe("CHECKOUT_REFUSED");
      expect(error.message).toContain(JSON.stringify(clone_directory_name));
    },
  );

  test("may set an absolute working directory outside of the run's folder if it is there", async () => {
    const { run, folder, lines } = await place();
    const shared = join(folder, "shared");
    const error = await failure(run([{ [CHDIR]: { directory: shared } }]));
    expect(error.code).toBe("CHECKOUT_REFUSED");
    mkdirSync(shared);
    expect((await run([{ [CHDIR]: { directory: shared } }])).directory).toBe(shared);
    expect(lines.join("\n")).toContain("outside of the run's own folder");
  });

  test("install dependencies with prefect_ts.steps.npm_ci, and say when there is no lock file", async () => {
    const { run, runDirectory } = await place();
    const step = { "prefect_ts.steps.npm_ci": {} };
    expect((await failure(run([step]))).message).toContain("no package-lock.json");
    writeFileSync(join(runDirectory, "package.json"), '{"name":"flows","version":"1.0.0"}');
    const lock = {
      name: "flows",
      version: "1.0.0",
      lockfileVersion: 3,
      requires: true,
      packages: { "": { name: "flows", version: "1.0.0" } },
    };
    writeFileSync(join(runDirectory, "package-lock.json"), JSON.stringify(lock));
    const result = await run([step]);
    expect(result.outputs).toEqual({ node_modules: join(runDirectory, "node_modules") });
    expect(existsSync(join(runDirectory, "node_modules"))).toBe(true);
    expect(readFileSync(join(runDirectory, "package.json"), "utf8")).toContain("flows");
  }, 30_000);
});
