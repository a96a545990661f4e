import { describe, expect, it } from "vitest";
import { flow, getRunContext, task, z } from "../../src/sdk/index.ts";

describe("getRunContext", () => {
  it("gives flow run, task run and parents of a flow that is called as a function; what only a server knows is undefined", async () => {
    const look = task({ name: "Look", tags: ["seen"] }, () => getRunContext());
    const inner = flow({ name: "Inner", parameters: z.object({ n: z.number() }) }, () => look());
    const context = await flow({ name: "Outer" }, () => inner({ n: 3 }))();
    expect(context).toEqual({
      flowName: "Inner",
      flowRunId: undefined,
      flowRunName: expect.stringMatching(/^Inner /),
      flowRunCount: 1,
      flowRunTags: [],
      parameters: { n: 3 },
      scheduledStartTime: undefined,
      deploymentId: undefined,
      parentFlowRunId: undefined,
      parentTaskRunId: undefined,
      rootFlowRunId: undefined,
      jobVariables: {},
      apiUrl: undefined,
      uiUrl: undefined,
      taskName: "Look",
      taskRunId: expect.any(String),
      taskRunName: "Look-0",
      taskRunCount: 1,
      taskRunTags: ["seen"],
      signal: expect.any(AbortSignal),
    });
  });

  it("is undefined outside of a run, and task fields are so outside of a task", async () => {
    expect(getRunContext()).toBeUndefined();
    expect(await flow({ name: "F" }, () => getRunContext())()).toMatchObject({
      taskName: undefined,
      taskRunTags: undefined,
    });
  });
});
