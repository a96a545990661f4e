import { describe, expect, it } from "vitest";
import {
  exponentialBackoff,
  flow,
  getRunContext,
  sleep,
  task,
  UpstreamTaskError,
  unmapped,
} from "../../src/sdk/index.ts";

/** Runs code as a flow does, without a server. */
const inFlow = <T>(body: () => T | Promise<T>) => flow({ name: "F" }, body)();

/** Promises by hand: what a task waits for. */
function gate() {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { opened: promise, open: resolve };
}

describe("retries of a task", () => {
  const failing = (times: number) => {
    const calls = { count: 0 };
    const fn = () => {
      calls.count += 1;
      if (calls.count <= times) throw new Error(`failure ${calls.count}`);
      return calls.count;
    };
    return { calls, fn };
  };

  it("stop when retryConditionFn says so, which is told the run and the state", async () => {
    const { calls, fn } = failing(5);
    const seen: string[] = [];
    const picky = task(
      {
        name: "Picky",
        retries: 5,
        retryConditionFn: (taskRun, state) => {
          seen.push(`${taskRun.name} ${taskRun.runCount} ${(state.data as Error).message}`);
          return taskRun.runCount < 2;
        },
      },
      fn,
    );
    await expect(inFlow(() => picky())).rejects.toThrow("failure 2");
    expect(calls.count).toBe(2);
    expect(seen).toEqual(["Picky-0 1 failure 1", "Picky-0 2 failure 2"]);
  });

  it("stop when retryConditionFn itself throws", async () => {
    const { calls, fn } = failing(5);
    const condition = () => {
      throw new Error("no answer");
    };
    const t = task({ name: "T", retries: 5, retryConditionFn: condition }, fn);
    await expect(inFlow(() => t())).rejects.toThrow("failure 1");
    expect(calls.count).toBe(1);
  });

  it("come after delays that grow", async () => {
    const { fn } = failing(2);
    const delays = exponentialBackoff({ backoffFactor: 0.001 });
    const t = task({ name: "T", retries: 2, retryDelaySeconds: delays, retryJitterFactor: 0.5 }, fn);
    expect(await inFlow(() => t())).toBe(3);
  });

  it("are told to the code that runs", async () => {
    const counts: (number | undefined)[] = [];
    const t = task({ name: "T", retries: 1 }, () => {
      counts.push(getRunContext()?.taskRunCount);
      if (counts.length === 1) throw new Error("once more");
    });
    await inFlow(() => t());
    expect(counts).toEqual([1, 2]);
  });

  it.each([
    [{ retries: -1 }, /retries: -1/],
    [{ retries: 1.5 }, /retries: 1.5/],
    [{ retries: 1, retryDelaySeconds: [1, -2] }, /delay of -2 seconds/],
    [{ retries: 1, retryJitterFactor: -1 }, /retryJitterFactor: -1/],
    [{ retries: 60, retryDelaySeconds: Array(51).fill(1) as number[] }, /51 retry delays/],
    [{ concurrency: 0 }, /concurrency is 0/],
  ])("that make no sense are refused when the task is made: %j", (options, message) => {
    expect(() => task({ name: "T", ...options }, () => 1)).toThrow(message);
  });
});

describe("a future of a task", () => {
  const double = task({ name: "Double" }, async (n: number) => {
    await sleep(0);
    return n * 2;
  });

  it("is awaited for its result, and has its state before and after", async () => {
    await inFlow(async () => {
      const future = double.submit(21);
      expect(future.state.type).toBe("PENDING");
      expect(future.taskRunName).toBe("Double-0");
      expect(await future).toBe(42);
      expect(future.state).toMatchObject({ type: "COMPLETED", name: "Completed", data: 42 });
      expect(await future.result()).toBe(42);
    });
  });

  it("is given to other tasks, in lists and objects too, and they get the result", async () => {
    const sum = task({ name: "Sum" }, (list: number[], more: { n: number }) =>
      list.reduce((a, b) => a + b, more.n),
    );
    const total = await inFlow(async () => {
      const [one, two] = [double.submit(1), double.submit(2)];
      return sum([one, 10, two], { n: double.submit(3) });
    });
    expect(total).toBe(2 + 10 + 4 + 6);
  });

  it("that failed keeps the next task from running, and says why", async () => {
    const broken = task({ name: "Broken" }, (): number => {
      throw new Error("no");
    });
    let ran = false;
    const next = task({ name: "Next" }, (n: number) => {
      ran = true;
      return n;
    });
    await inFlow(async () => {
      const future = next.submit(broken.submit());
      const state = await future.wait();
      expect(state).toMatchObject({ type: "PENDING", name: "NotReady" });
      await expect(future).rejects.toBeInstanceOf(UpstreamTaskError);
      await expect(next(next.submit(future))).rejects.toThrow(/did not reach a 'COMPLETED' state/);
    });
    expect(ran).toBe(false);
  });

  it("that failed and that nobody asks for does not end the process", async () => {
    const broken = task({ name: "Broken" }, () => Promise.reject(new Error("unseen")));
    expect(
      await inFlow(() => {
        broken.submit();
        return "fine";
      }),
    ).toBe("fine");
  });

  it("can be waited for a limited time", async () => {
    const { opened, open } = gate();
    const waiting = task({ name: "Waiting" }, () => opened);
    await inFlow(async () => {
      const future = waiting.submit();
      expect((await future.wait(0.01)).isFinal()).toBe(false);
      open();
      expect((await future.wait(10)).type).toBe("COMPLETED");
    });
  });

  it("is waited for by the flow, although the flow's code does not", async () => {
    let done = false;
    const slow = task({ name: "Slow" }, async () => {
      await sleep(0.02);
      done = true;
    });
    await inFlow(() => {
      slow.submit();
    });
    expect(done).toBe(true);
  });
});

describe("allowFailure, quote and waitFor", () => {
  it("let a task see the error, the future itself, or only the order", async () => {
    const { allowFailure, quote } = await import("../../src/sdk/index.ts");
    const order: string[] = [];
    const broken = task({ name: "Broken" }, (): number => {
      order.push("broken");
      throw new Error("no");
    });
    const fine = task({ name: "Fine" }, async () => {
      await sleep(0.01);
      order.push("fine");
    });
    const look = task({ name: "Look" }, (value: unknown) => {
      order.push("look");
      return value;
    });
    await inFlow(async () => {
      const failed = broken.submit();
      expect(await look(allowFailure(failed))).toMatchObject({ message: "no" });
      expect(await look(quote([failed]))).toEqual([failed]);
      order.length = 0;
      expect(await look.withOptions({ waitFor: [fine.submit()] })(7)).toBe(7);
      expect(order).toEqual(["fine", "look"]);
      await expect(look.withOptions({ waitFor: [failed] })(7)).rejects.toBeInstanceOf(UpstreamTaskError);
    });
  });
});

describe("map", () => {
  const add = task({ name: "Add" }, (a: number, b: number) => a + b);

  it("calls the task for each item, with lists in step and values for all", async () => {
    await inFlow(async () => {
      expect(await add.map([1, 2, 3], [10, 20, 30])).toEqual([11, 22, 33]);
      expect(await add.map([1, 2, 3], 5)).toEqual([6, 7, 8]);
      expect(await add.map(new Set([1, 2]), [add.submit(1, 1), 5])).toEqual([3, 7]);
      const futures = add.map([1], [2]);
      expect(futures.map((future) => future.taskRunName)).toEqual(["Add-9"]);
      expect((await futures.wait()).map(String)).toEqual(["Completed()"]);
    });
  });

  it("passes a list on whole when it is unmapped", async () => {
    const count = task({ name: "Count" }, (n: number, list: number[]) => n * list.length);
    expect(await inFlow(() => count.map([1, 2], unmapped([7, 8, 9])))).toEqual([3, 6]);
  });

  it("runs no more at once than it is told", async () => {
    let now = 0;
    let most = 0;
    const busy = task({ name: "Busy" }, async (n: number) => {
      now += 1;
      most = Math.max(most, now);
      await sleep(0.002);
      now -= 1;
      return n;
    });
    const list = Array.from({ length: 12 }, (_, n) => n);
    expect(await inFlow(() => busy.map(list, { concurrency: 3 }))).toEqual(list);
    expect(most).toBe(3);
    most = 0;
    await inFlow(() => busy.withOptions({ concurrency: 2 }).map(list));
    expect(most).toBe(2);
  });

  it("refuses lists that are not equally long, and no list at all", async () => {
    await expect(inFlow(() => add.map([1, 2], [1]))).rejects.toThrow(/lists of 2 and 1 items/);
    await expect(inFlow(() => add.map(1 as never, 2))).rejects.toThrow(/map needs a list; to call it once/);
  });

  it("of a future of a list says how to give it the list", async () => {
    const list = task({ name: "List" }, () => [1, 2]);
    // @ts-expect-error how many calls there are to be is not known before it has ended
    await expect(inFlow(() => add.map(list.submit(), 2))).rejects.toThrow(/map\(await future\)/);
    expect(await inFlow(async () => add.map(await list.submit(), 2))).toEqual([3, 4]);
  });

  it("throws what the first that failed threw, when all have ended", async () => {
    let ended = 0;
    const some = task({ name: "Some" }, async (n: number) => {
      await sleep(0.001 * n);
      ended += 1;
      if (n === 1) throw new Error("one is wrong");
    });
    await expect(inFlow(() => some.map([0, 1, 2]))).rejects.toThrow("one is wrong");
    expect(ended).toBe(3);
  });
});

describe("a flow that throws", () => {
  it("waits for what runs, and does not begin what has not begun", async () => {
    const ran: number[] = [];
    const [begun, end] = [gate(), gate()];
    const work = task({ name: "Work", concurrency: 1 }, async (n: number) => {
      begun.open();
      await end.opened;
      ran.push(n);
    });
    const futures: { state: { name: string } }[] = [];
    const failing = inFlow(async () => {
      futures.push(...work.map([1, 2, 3]));
      await begun.opened;
      setImmediate(end.open);
      throw new Error("enough");
    });
    await expect(failing).rejects.toThrow("enough");
    expect(ran).toEqual([1]);
    expect(futures.map((future) => future.state.name)).toEqual(["Completed", "Cancelled", "Cancelled"]);
  });
});

describe("names of task runs", () => {
  it.each([
    ["load {museum}", "load NHM"],
    ["{options.limit} of {museum}", "5 of NHM"],
    ["always", "always"],
  ])("come from the template %j", async (taskRunName, expected) => {
    const named = task({ name: "N", taskRunName }, (museum: string, options: { limit: number }) => {
      return options.limit > 0 && `${museum}: ${getRunContext()?.taskRunName}`;
    });
    expect(await inFlow(() => named("NHM", { limit: 5 }))).toBe(`NHM: ${expected}`);
  });

  it("come from a function of the arguments", async () => {
    const named = task(
      { name: "N", taskRunName: (n) => `number ${n}` },
      (_: number) => getRunContext()?.taskRunName,
    );
    expect(await inFlow(() => named(4))).toBe("number 4");
  });

  it("are of parameters behind a default that looks like a comment", async () => {
    const named = task(
      { name: "N", taskRunName: "get {b}" },
      (url: string = "https://example.org", b: string = "x") => [url + b, getRunContext()?.taskRunName],
    );
    expect(await inFlow(() => named("//a", "c"))).toEqual(["//ac", "get c"]);
  });

  it.each([
    ["{colour}", "{colour}; its parameters are: museum, day."],
    ["{museum:>5}", "{museum:>5}; its parameters are: museum, day. For more than their values"],
    ["{day.year:04d}", "{day.year:04d}"],
    ["{museum!r}", "{museum!r}"],
    ["{}", "{}"],
    ["{ museum }", "{ museum }"],
  ])("that ask for what is no parameter are refused when the task is made: %j", (taskRunName, message) => {
    const fn = (museum: string, day: { year: number }) => `${museum} ${day.year}`;
    const refused = `taskRunName of task "N" has ${message}`;
    expect(() => task({ name: "N", taskRunName }, fn)).toThrow(refused);
    expect(() => task({ name: "N" }, fn).withOptions({ taskRunName })).toThrow(refused);
  });

  it("may ask for arguments without a name of their own by their number, and for nothing else", async () => {
    const say = (..._: number[]) => getRunContext()?.taskRunName;
    const rest = task({ name: "N", taskRunName: "{arg1}" }, say);
    expect(await inFlow(() => rest(4, 5))).toBe("5");
    const bound = task({ name: "N", taskRunName: "{arg0}" }, say.bind(undefined));
    expect(await inFlow(() => bound(4))).toBe("4");
    const pattern = ({ n }: { n: number }) => n;
    expect(() => task({ name: "N", taskRunName: "{arg0.n}" }, pattern)).not.toThrow();
    expect(() => task({ name: "N", taskRunName: "{n}" }, pattern)).toThrow("{n}; its parameters are: arg0.");
    expect(() => task({ name: "N", taskRunName: "{arg1:03d}" }, say)).toThrow("{arg1:03d}");
  });
});

it("tasks that never wait leave room for timers between them", async () => {
  let turned = false;
  const spin = task({ name: "Spin" }, () => {
    const end = performance.now() + 5;
    while (performance.now() < end);
  });
  await inFlow(async () => {
    setImmediate(() => {
      turned = true;
    });
    for (let n = 0; n < 100 && !turned; n += 1) await spin();
  });
  expect(turned).toBe(true);
});
