import { describe, expect, it } from "vitest";
import type { Deployment, FlowRun, JsonObject, WorkPool } from "../../src/prefect/api-types.ts";
import { defaultBaseJobTemplate } from "../../src/prefect/base-job-templates.ts";
import { configureJob } from "../../src/worker/configure/job-configuration.ts";
import { mergeJobVariables } from "../../src/worker/configure/job-variables.ts";

const references = {
  block: async () => ({ data: { value: "from a block" } }),
  blockById: async () => ({ data: {} }),
  variable: async () => "from a variable",
};

function configure(
  deployment: JsonObject,
  flowRun: JsonObject,
  template: JsonObject = defaultBaseJobTemplate("process"),
) {
  return configureJob(
    {
      pool: { base_job_template: template } as unknown as WorkPool,
      deployment: { job_variables: deployment } as unknown as Deployment,
      flowRun: { job_variables: flowRun } as unknown as FlowRun,
    },
    references,
    { FROM_WORKER: "w" },
  );
}

describe("job variables", () => {
  it.each<[string, JsonObject, JsonObject, JsonObject]>([
    ["the run's win over the deployment's", { a: 1, b: 1 }, { b: 2 }, { a: 1, b: 2 }],
    [
      "env is merged name by name",
      { env: { A: "1", B: "1" } },
      { env: { B: "2" } },
      { env: { A: "1", B: "2" } },
    ],
    ["dotted keys are nested", { "env.A": "1" }, { "env.B": "2" }, { env: { A: "1", B: "2" } }],
    [
      "nested wins over dotted",
      { "env.A": "dotted", env: { A: "nested", C: "3" } },
      {},
      { env: { A: "nested", C: "3" } },
    ],
    [
      "other objects are replaced whole",
      { labels: { a: "1" } },
      { labels: { b: "2" } },
      { labels: { b: "2" } },
    ],
  ])("%s", (_, deployment, flowRun, expected) => {
    expect(mergeJobVariables(deployment, flowRun)).toEqual(expected);
  });
});

describe("the job configuration of the process type", () => {
  it("has Prefect's defaults when nothing is set", async () => {
    expect(await configure({}, {})).toEqual({
      name: undefined,
      env: {},
      command: undefined,
      streamOutput: true,
      workingDirectory: undefined,
    });
  });

  it("keeps the template's own env under the variables'", async () => {
    const template = {
      job_configuration: { env: { A: "template", B: "template", C: "template" } },
      variables: { properties: { env: { default: { B: "default", C: "default" } } } },
    };
    const { env } = await configure({ env: { C: "deployment" } }, {}, template);
    expect(env).toEqual({ A: "template", B: "default", C: "deployment" });
  });

  it("makes text of numbers in env, and leaves nulls out", async () => {
    const { env } = await configure({ env: { N: 5, T: true, GONE: null } }, {});
    expect(env).toEqual({ N: "5", T: "true" });
  });

  it("resolves blocks, variables and the worker's environment", async () => {
    const { env } = await configure(
      {
        env: { A: "{{ prefect.blocks.secret.x }}", B: "{{ prefect.variables.y }}", C: "{{ $FROM_WORKER }}" },
      },
      {},
    );
    // Values are put in as they are: what a deployment says is not a template of the worker's environment.
    expect(env).toEqual({ A: "from a block", B: "from a variable", C: "{{ $FROM_WORKER }}" });
  });

  it("keeps the value of a wrong variable to itself, as a block may have put a secret there", async () => {
    const error = await configure({ working_dir: { password: "hunter2" } }, {}).catch(String);
    expect(error).toContain("working_dir: a string is expected, not an object");
    expect(error).not.toContain("hunter2");
  });

  it("says which variable is wrong", async () => {
    await expect(configure({ stream_output: "often" }, {})).rejects.toThrow(
      /stream_output: a boolean is expected, not a string/,
    );
  });
});
