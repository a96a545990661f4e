import { describe, expect, it, vi } from "vitest";
import { Cancelled, flow, getRunContext, type Hook, task, z } from "../../src/sdk/index.ts";

/** A hook that notes what it is told, by the words given. */
function noting() {
  const notes: string[] = [];
  const hook = (word: string) => (run: { name: string }, state: { name: string }) => {
    notes.push(`${word} ${run.name} ${state.name} ${getRunContext()?.flowName}`);
  };
  return { notes, hook };
}

describe("hooks of a task", () => {
  it("are called before each try and at the end, in the run that they are about", async () => {
    const { notes, hook } = noting();
    let tries = 0;
    const t = task(
      {
        name: "T",
        retries: 1,
        onRunning: [hook("a"), hook("b")],
        onCompletion: [hook("c")],
        onFailure: [hook("d")],
      },
      () => {
        tries += 1;
        if (tries === 1) throw new Error("once");
      },
    );
    await flow({ name: "F" }, () => t())();
    expect(notes).toEqual([
      "a T-0 Running F",
      "b T-0 Running F",
      "a T-0 Retrying F",
      "b T-0 Retrying F",
      "c T-0 Completed F",
    ]);
  });

  it("that throw change nothing, and the others are called", async () => {
    const { notes, hook } = noting();
    const broken = () => {
      throw new Error("broken hook");
    };
    const write = vi.spyOn(process.stderr, "write").mockImplementation(() => true);
    try {
      const t = task({ name: "T", onCompletion: [broken, hook("after")] }, () => 5);
      expect(await flow({ name: "F" }, () => t())()).toBe(5);
      expect(write.mock.calls.join()).toContain("Hook 'broken' failed: Error: broken hook");
    } finally {
      write.mockRestore();
    }
    expect(notes).toEqual(["after T-0 Completed F"]);
  });
});

describe("hooks of a flow that is called as a function", () => {
  it.each<[string, () => unknown, string[]]>([
    ["completes", () => 1, ["running N Running F", "completion N Completed F"]],
    ["is cancelled", () => Cancelled(), ["running N Running F", "cancellation N Cancelled F"]],
    [
      "fails twice",
      () => {
        throw new Error("no");
      },
      ["running N Running F", "running N Running F", "failure N Failed F"],
    ],
  ])("are called when it %s", async (_, body, expected) => {
    const { notes, hook } = noting();
    const hooked = flow(
      {
        name: "F",
        flowRunName: "N",
        retries: 1,
        onRunning: [hook("running")],
        onCompletion: [hook("completion")],
        onFailure: [hook("failure")],
        onCancellation: [hook("cancellation")],
      },
      body,
    );
    await hooked.returnState();
    expect(notes).toEqual(expected);
  });
});

it("a hook of a flow is told the error or the result, and which try it was", async () => {
  const told: unknown[] = [];
  const tell: Hook = (run, state) => {
    const result = state.result({ raiseOnFailure: false });
    told.push([run.runCount, run.tags, run.deploymentId, state.isFinal(), result]);
  };
  const broken = new RangeError("too far");
  const options = { name: "F", retries: 1, onCompletion: [tell], onFailure: [tell] };
  await flow(options, () => Promise.reject(broken)).returnState();
  await flow(options, () => ({ rows: 3 }))();
  expect(told).toEqual([
    [2, [], undefined, true, broken],
    [1, [], undefined, true, { rows: 3 }],
  ]);
});

describe("the name of a flow run", () => {
  const parameters = z.object({ museum: z.string().default("NHM") });
  const name = () => getRunContext()?.flowRunName;

  it("comes from a template or a function of the parameters", async () => {
    expect(await flow({ name: "F", parameters, flowRunName: "load {museum}" }, name)()).toBe("load NHM");
    const made = flow({ name: "F", parameters, flowRunName: ({ museum }) => museum.toLowerCase() }, name);
    expect(await made({ museum: "UM" })).toBe("um");
    expect(await made.withOptions({ flowRunName: "other" })()).toBe("other");
  });

  it("refuses a template of what is no parameter when the flow is made", () => {
    expect(() => flow({ name: "F", parameters, flowRunName: "{colour}" }, name)).toThrow(
      /has \{colour\}; its parameters are: museum/,
    );
    const formatted = "{museum.length:03d}";
    expect(() => flow({ name: "F", parameters, flowRunName: formatted }, name)).toThrow(
      'flowRunName of flow "F" has {museum.length:03d}; its parameters are: museum. For more than their values',
    );
  });
});
