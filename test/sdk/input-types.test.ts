import { describe, expect, expectTypeOf, it } from "vitest";
import { allowFailure, type Flow, flow, quote, type State, task, unmapped, z } from "../../src/sdk/index.ts";

// tsc checks this file: what is to compile is written without casts, what is not has @ts-expect-error above it.

interface Options {
  limit: number;
  museums: string[];
  since?: Date;
}

const inFlow = <T>(body: () => T | Promise<T>) => flow({ name: "F" }, body)();
const one = task({ name: "One" }, () => 1);
const broken = task({ name: "Broken" }, (): number => {
  throw new Error("no");
});
const names = task({ name: "Names" }, () => ["NHM", "UM"]);
const double = task({ name: "Double" }, (n: number) => n * 2);
const sum = task({ name: "Sum" }, (list: number[]) => list.reduce((a, b) => a + b, 0));
const tell = task({ name: "Tell" }, ({ limit, museums }: Options) => `${limit} of ${museums.join()}`);
const forgiving = task({ name: "Forgiving" }, (n: number | Error) => (n instanceof Error ? n.message : n));

/** Compiled, never called. */
const compiled = (_: () => unknown) => undefined;

describe("what a task is given, without a cast", () => {
  it("are futures and states, alone, in lists and in objects at any depth", async () => {
    await inFlow(async () => {
      expect(await double(one.submit())).toBe(2);
      expect(await double(await one.submit().wait().then(asNumber))).toBe(2);
      expect(await sum([one.submit(), 2, double.submit(one.submit())])).toBe(5);
      expect(await sum(double.map([1, 2]))).toBe(6);
      expect(await tell({ limit: one.submit(), museums: names.submit() })).toBe("1 of NHM,UM");
      expect(await tell({ limit: 2, museums: ["VM", task({ name: "T" }, () => "UM").submit()] })).toBe(
        "2 of VM,UM",
      );
    });
    const deep = task({ name: "Deep" }, (pages: { rows: [string, number][] }[]) => pages[0]?.rows[0]?.[1]);
    expect(await inFlow(() => deep([{ rows: [["a", one.submit()]] }]))).toBe(1);
  });

  it("is a quoted value", async () => {
    expect(await inFlow(() => sum(quote([1, 2])))).toBe(3);
    expect(await inFlow(() => tell({ limit: 1, museums: quote(["VM"]) }))).toBe("1 of VM");
  });

  it("may be a run that failed, where an error is taken", async () => {
    const several = task({ name: "Several" }, (list: (number | Error)[]) =>
      list.map((n) => (n instanceof Error ? n.message : n)),
    );
    await inFlow(async () => {
      expect(await forgiving(allowFailure(broken.submit()))).toBe("no");
      expect(await forgiving(allowFailure(one.submit()))).toBe(1);
      expect(await several(allowFailure([broken.submit(), one.submit(), 3]))).toEqual(["no", 1, 3]);
      expect(await several([allowFailure(broken.submit()), 2])).toEqual(["no", 2]);
    });
    // @ts-expect-error the task takes no error
    compiled(() => double(allowFailure(broken.submit())));
  });

  it("is checked all the same", () => {
    // @ts-expect-error a future of a text
    compiled(() => double(task({ name: "T" }, () => "a").submit()));
    // @ts-expect-error a future of a text in a list of numbers
    compiled(() => sum([1, task({ name: "T" }, () => "a").submit()]));
    // @ts-expect-error limit is missing
    compiled(() => tell({ museums: names.submit() }));
    // @ts-expect-error a quoted text
    compiled(() => double(quote("a")));
    const now = task({ name: "Now" }, (at: Date) => at.getTime());
    // @ts-expect-error a date is a value, not an object to be looked into
    compiled(() => now({}));
  });

  it("in map is a list of it, unmapped, or one for all, each with futures in it", async () => {
    const add = task({ name: "Add" }, (a: number, b: number) => a + b);
    const take = task({ name: "Take" }, (n: number, list: number[]) => list[n]);
    await inFlow(async () => {
      expect(await add.map([1, one.submit()], one.submit())).toEqual([2, 2]);
      expect(await add.map([1, 2], unmapped(one.submit()))).toEqual([2, 3]);
      expect(await take.map([0, 1], unmapped([7, one.submit()]))).toEqual([7, 1]);
      expect(await forgiving.map([allowFailure(broken.submit()), 1])).toEqual(["no", 1]);
    });
    // @ts-expect-error unmapped of another type
    compiled(() => add.map([1], unmapped("a")));
  });
});

describe("what a flow is given, without a cast", () => {
  const load = flow(
    { name: "Load", parameters: z.object({ museums: z.array(z.string()), limit: z.number().default(1) }) },
    ({ museums, limit }) => `${limit} of ${museums.join()}`,
  );

  it("are values, futures, states, and lists with these in them", async () => {
    const upper = task({ name: "Upper" }, (text: string) => text.toUpperCase());
    expect(await load({ museums: ["UM"] })).toBe("1 of UM");
    await inFlow(async () => {
      expect(await load({ museums: names.submit(), limit: one.submit() })).toBe("1 of NHM,UM");
      expect(await load({ museums: upper.map(["um", "vm"]) })).toBe("1 of UM,VM");
      expect(await load({ museums: ["NHM", upper.submit("vm")], limit: quote(2) })).toBe("2 of NHM,VM");
      const inner = await load.returnState({ museums: [] });
      expectTypeOf(inner).toEqualTypeOf<State<string>>();
    });
  });

  it("must hold what has no default", () => {
    // @ts-expect-error museums is required
    compiled(() => load());
    // @ts-expect-error museums is required
    compiled(() => load({ limit: 1 }));
    // @ts-expect-error museums is required
    compiled(() => load.returnState());
    // @ts-expect-error a list of texts
    compiled(() => load({ museums: [1] }));
    // @ts-expect-error no such parameter
    compiled(() => load({ museums: [], limits: 1 }));
    compiled(() => load.withOptions({ retries: 1 })({ museums: [] }));
  });

  it("may be left out where everything has a default", async () => {
    const all = flow({ name: "All", parameters: z.object({ limit: z.number().optional() }) }, () => 1);
    expect([await all(), await all({}), await all({ limit: 1 })]).toEqual([1, 1, 1]);
  });

  it("is nothing for a flow without parameters", async () => {
    const hello = flow({ name: "Hello" }, async (_, { flowRunName }) => flowRunName.slice(0, 5));
    expect([await hello(), await hello({})]).toEqual(["Hello", "Hello"]);
    // @ts-expect-error it has no parameters
    compiled(() => hello({ anything: 1 }));
    // @ts-expect-error it has no parameters
    compiled(() => hello.returnState({ anything: 1 }));
  });

  it("is anything for a flow of which nothing is known", () => {
    compiled(() => (any: Flow) => [any(), any({ museum: "UM" })]);
  });
});

it("a flow that returns a future gives its result", async () => {
  const result = await inFlow(() => one.submit());
  expectTypeOf(result).toEqualTypeOf<number>();
  expect(result).toBe(1);
});

function asNumber(state: State): State<number> {
  return state as State<number>;
}
