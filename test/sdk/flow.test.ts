import { describe, expect, it, vi } from "vitest";
import { flow, getRunContext, logger, ParameterError, sleep, task, z } from "../../src/sdk/index.ts";

describe("a flow called as a function, without a server", () => {
  it("gives its result, with defaults filled in and types kept", async () => {
    const add = flow(
      { name: "Add", parameters: z.object({ a: z.number(), b: z.number().default(2) }) },
      ({ a, b }) => a + b,
    );
    const sum: number = await add({ a: 1 });
    expect(sum).toBe(3);
  });

  it("refuses wrong and unknown parameters before its first line", async () => {
    const body = vi.fn();
    const picky = flow(
      { name: "Picky", parameters: z.object({ n: z.number(), deep: z.object({ x: z.string() }) }) },
      body,
    );
    const wrong = picky({ n: "1", deep: {}, more: 1 } as never);
    await expect(wrong).rejects.toThrow(/parameters of flow "Picky" are not valid/);
    await expect(wrong).rejects.toThrow(/n: .*number/);
    await expect(wrong).rejects.toThrow(/deep\.x: .*string/);
    await expect(wrong).rejects.toThrow(/"more"/);
    expect(body).not.toHaveBeenCalled();
  });

  it("gives wrong parameters as a failed state to who asks for the state, as a subflow run does, and tries once", async () => {
    const body = vi.fn();
    const told: string[] = [];
    const picky = flow(
      {
        name: "Picky",
        flowRunName: "picky {n}",
        parameters: z.object({ n: z.number() }),
        retries: 3,
        retryDelaySeconds: 600,
        onFailure: [(_, state) => void told.push(state.name)],
      },
      body,
    );
    const state = await picky.returnState({ n: "1" } as never);
    expect(state).toMatchObject({ type: "FAILED", name: "Failed" });
    expect(() => state.result()).toThrow(ParameterError);
    expect(state.message).toMatch(/n: .*number/);
    expect(told).toEqual(["Failed"]);
    expect(body).not.toHaveBeenCalled();
  });

  it("gets what its schema makes of the parameters, which need not pass the check again", async () => {
    const parameters = z.object({
      letters: z.string().transform((text) => text.length),
      since: z.iso.datetime().transform((text) => new Date(text)),
    });
    const made = flow(
      { name: "Made", parameters, flowRunName: "{letters}", retries: 1 },
      (given, { flowRunName }) => {
        if (getRunContext()?.flowRunCount === 1) throw new Error("once");
        return [given.letters, given.since.getTime(), flowRunName];
      },
    );
    const since = "2026-11-22T08:00:00Z";
    expect(await made({ letters: "abc", since })).toEqual([3, Date.parse(since), "3"]);
  });

  it("is tried again as often as it asks, then throws the last error", async () => {
    let tries = 0;
    const flaky = flow({ name: "Flaky", retries: 2 }, () => {
      tries += 1;
      throw new Error(`try ${tries}`);
    });
    await expect(flaky()).rejects.toThrow("try 3");
  });

  it("is ended by its time-out, and its signal fires", async () => {
    let fired = false;
    const slow = flow({ name: "Slow", timeoutSeconds: 0.05 }, async (_, { signal }) => {
      signal.addEventListener("abort", () => {
        fired = true;
      });
      await sleep(60);
    });
    await expect(slow()).rejects.toThrow('Flow "Slow" exceeded its timeout of 0.05 seconds');
    expect(fired).toBe(true);
  });

  it("that never let go of the thread has exceeded its time-out, too", async () => {
    const busy = () => {
      const until = performance.now() + 60;
      while (performance.now() < until);
    };
    const run = flow({ name: "Busy", timeoutSeconds: 0.05 }, busy);
    await expect(run()).rejects.toThrow('Flow "Busy" exceeded its timeout of 0.05 seconds');
    const step = task({ name: "Busy step", timeoutSeconds: 0.05 }, busy);
    await expect(flow({ name: "F" }, () => step())()).rejects.toThrow(
      'Task "Busy step" exceeded its timeout',
    );
  });

  it("made of a function alone, as in Python, is told how it is made", () => {
    // @ts-expect-error: that it does not compile is not seen by everybody
    expect(() => flow(async () => 1)).toThrow('A flow is made of options and a function: flow({ name: "…" }');
    // @ts-expect-error: the same
    expect(() => task(async () => 1)).toThrow('A task is made of options and a function: task({ name: "…" }');
  });

  it.each(["", "  ", "a/b", "100%", "a<b"])("cannot be named %j", (name) => {
    expect(() => flow({ name }, () => 1)).toThrow(TypeError);
  });

  it("knows its own run through every await and callback, and flows at once do not mix", async () => {
    const who = async () => {
      await new Promise((resolve) => setImmediate(resolve));
      return new Promise((resolve) => setTimeout(() => resolve(getRunContext()?.flowName), 1));
    };
    const one = flow({ name: "One" }, who);
    const two = flow({ name: "Two" }, who);
    expect(await Promise.all([one(), two(), one()])).toEqual(["One", "Two", "One"]);
    expect(getRunContext()).toBeUndefined();
  });
});

describe("a task", () => {
  it("runs outside of a flow, too", async () => {
    const double = task({ name: "Double" }, (n: number) => n * 2);
    expect(await double(21)).toBe(42);
  });

  it("is tried again after the delays that it lists", async () => {
    const seen: number[] = [];
    const flaky = task({ name: "Flaky", retries: 2, retryDelaySeconds: [0.01, 0.05] }, () => {
      seen.push(performance.now());
      if (seen.length < 3) throw new Error("not yet");
      return "done";
    });
    expect(await flow({ name: "F" }, () => flaky())()).toBe("done");
    const [first = 0, second = 0, third = 0] = seen;
    expect(third - second).toBeGreaterThan(45);
    expect(second - first).toBeGreaterThan(5);
  });

  it("that fails throws its own error into the flow, which may catch it", async () => {
    class Leak extends Error {}
    const roof = task({ name: "Roof" }, () => {
      throw new Leak("it drips");
    });
    const caught = await flow({ name: "House" }, () => roof().catch((error) => error))();
    expect(caught).toBeInstanceOf(Leak);
  });

  it("has a time-out of its own", async () => {
    const slow = task({ name: "Slow", timeoutSeconds: 0.03 }, () => sleep(60));
    await expect(flow({ name: "F" }, () => slow())()).rejects.toThrow('Task "Slow" exceeded its timeout');
  });

  it("cannot be nameless", () => {
    expect(() => task({ name: " " }, () => 1)).toThrow(TypeError);
  });
});

describe("the logger", () => {
  it("joins its arguments as console.log does", async () => {
    const write = vi.spyOn(process.stderr, "write").mockImplementation(() => true);
    try {
      await flow({ name: "Talk" }, () => {
        logger.info("%d rows of %s", 5, "taxon", { n: 1 });
        logger.info("100% of", [1], "rows");
        logger.info({ a: { b: { c: { d: { e: 1 } } } } });
      })();
      const said = write.mock.calls.map(([text]) =>
        String(text).split(" - ")[1]?.trim().replace(/\s+/g, " "),
      );
      expect(said).toEqual([
        "5 rows of taxon { n: 1 }",
        "100% of [ 1 ] rows",
        "{ a: { b: { c: { d: { e: 1 } } } } }",
      ]);
    } finally {
      write.mockRestore();
    }
  });

  it("writes Prefect's lines, with the run or task that they belong to", async () => {
    const lines: string[] = [];
    const write = vi.spyOn(process.stderr, "write").mockImplementation((text) => {
      lines.push(String(text));
      return true;
    });
    try {
      const inTask = task({ name: "Step" }, () => logger.warn("from the task", { n: 1 }));
      await flow({ name: "Talk" }, async () => {
        logger.info("from the flow");
        await inTask();
      })();
    } finally {
      write.mockRestore();
    }
    expect(lines[0]).toMatch(
      /^\d\d:\d\d:\d\d\.\d{3} \| INFO {4}\| Flow run 'Talk [0-9a-f]+' - from the flow\n$/,
    );
    expect(lines[1]).toMatch(/\| WARNING \| Task run 'Step-0' - from the task \{ n: 1 \}\n$/);
  });
});
