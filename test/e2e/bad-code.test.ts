import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sharedStack } from "../support/shared-stack.ts";
import { openScenario, type Scenario } from "./support/scenario.ts";

const stack = await sharedStack("prefect", "git");
let scenario: Scenario;

beforeAll(async () => {
  scenario = await openScenario(stack);
  await scenario.repository.push({
    "flows/ok.ts": `import { flow } from "prefect-ts"; export const ok = flow({ name: "Ok" }, () => 1); export const seven = 7;`,
    "flows/throws.ts": `throw new Error("no luck today")`,
    "flows/notes.py": `print("hello")`,
    "flows/nothing.ts": `export const helper = () => 1`,
  });
  await scenario.startWorker();
});
afterAll(() => scenario.close());

const clone = (inputs: Record<string, unknown>) => [
  { "prefect.deployments.steps.git_clone": { repository: scenario.repositoryUrl, branch: "dev", ...inputs } },
];

describe("a deployment whose code cannot be run ends its run as Crashed, and says why:", () => {
  it.each<[string, () => Record<string, unknown>, RegExp]>([
    [
      "a file that is not there",
      () => ({ entrypoint: "flows/missing.ts:x" }),
      /no file "flows\/missing.ts" in the checkout/,
    ],
    [
      "a file that is not TypeScript",
      () => ({ entrypoint: "flows/notes.py:x" }),
      /"flows\/notes.py" is not TypeScript or JavaScript/,
    ],
    [
      "a path that leaves the checkout",
      () => ({ entrypoint: "../../../../etc/hosts:x" }),
      /leaves the checkout/,
    ],
    ["an absolute path", () => ({ entrypoint: "/etc/hosts:x" }), /leaves the checkout/],
    [
      "an export that is not there",
      () => ({ entrypoint: "flows/ok.ts:nope" }),
      /no export "nope". Flows exported: ok. Other exports: seven/,
    ],
    [
      "a module without a flow",
      () => ({ entrypoint: "flows/nothing.ts:helper" }),
      /"helper", which is not a flow. It exports no flow/,
    ],
    [
      "a module that throws on import",
      () => ({ entrypoint: "flows/throws.ts:x" }),
      /could not be loaded: Error: no luck today/,
    ],
    ["no entrypoint at all", () => ({ entrypoint: null }), /has no entrypoint/],
    ["a branch that is not there", () => ({ pull_steps: clone({ branch: "nope" }) }), /nope.*dev/s],
    [
      "a repository that is not there",
      () => ({ pull_steps: clone({ repository: `${stack.git.url}/nothing-here.git` }) }),
      /nothing-here/,
    ],
    [
      "a git server that does not answer",
      () => ({ pull_steps: clone({ repository: "http://127.0.0.1:9/x.git" }) }),
      /127\.0\.0\.1:9/,
    ],
    [
      "a step that is not known",
      () => ({ pull_steps: [{ "prefect_nothing.steps.do": {} }] }),
      /prefect_nothing.steps.do.*git_clone/s,
    ],
    [
      "a step of Python",
      () => ({ pull_steps: [{ "prefect.deployments.steps.pip_install_requirements": {} }] }),
      /pip_install_requirements/,
    ],
    [
      "a block that is not there",
      () => ({ pull_steps: clone({ access_token: "{{ prefect.blocks.secret.no-such-token }}" }) }),
      /no-such-token/,
    ],
  ])("%s", async (what, change, expected) => {
    const deployment = await scenario.deploy({
      flow: what,
      entrypoint: "flows/ok.ts:ok",
      name: what,
      ...change(),
    });
    const run = await scenario.run(deployment);
    const { state_name, state } = await scenario.ended(run);
    expect(state.message).toMatch(expected);
    expect(state_name).toBe("Crashed");
    await scenario.log(run, expected);
    expect(await scenario.states(run)).not.toContain("Running");
  });

  it("and the worker goes on with the next run", async () => {
    const run = await scenario.run(await scenario.deploy({ flow: "Ok", entrypoint: "flows/ok.ts:ok" }));
    expect((await scenario.ended(run)).state_name).toBe("Completed");
  });
});
