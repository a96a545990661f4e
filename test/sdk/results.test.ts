import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import {
  CachePolicy,
  DEFAULT,
  FLOW_PARAMETERS,
  flow,
  INPUTS,
  localFolder,
  NO_CACHE,
  type ResultStorage,
  RUN_ID,
  TASK_SOURCE,
  type TaskOptions,
  task,
  z,
} from "../../src/sdk/index.ts";
import { hashOf } from "../../src/sdk/results/hash.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

/** A task that counts how often it really runs. */
function counting(options: Partial<TaskOptions<[number]>>) {
  const calls = { count: 0 };
  const t = task({ name: "Counted", ...options }, (n: number) => {
    calls.count += 1;
    return { n, at: calls.count };
  });
  return { calls, t };
}

describe("a task's cache", () => {
  it("gives the kept result to the same inputs, as state Cached", async () => {
    const { calls, t } = counting({ cachePolicy: INPUTS, resultStorage: await temporaryFolder() });
    await flow({ name: "F" }, async () => {
      expect(await t(1)).toEqual({ n: 1, at: 1 });
      const again = t.submit(1);
      expect(await again).toEqual({ n: 1, at: 1 });
      expect(again.state).toMatchObject({ type: "COMPLETED", name: "Cached" });
      expect(await t(2)).toEqual({ n: 2, at: 2 });
    })();
    expect(calls.count).toBe(2);
  });

  it("has a key of one's own, and none when there is none", async () => {
    const { calls, t } = counting({
      resultStorage: await temporaryFolder(),
      cacheKeyFn: (_, n) => (n < 10 ? "small" : undefined),
    });
    expect([await t(1), await t(2), await t(10), await t(10)].map(({ at }) => at)).toEqual([1, 1, 2, 3]);
    expect(calls.count).toBe(3);
  });

  it("has a policy of one's own, alone or with others", async () => {
    const large = CachePolicy.fromCacheKeyFn(({ inputs }) => (Number(inputs.n) < 10 ? undefined : "large"));
    const resultStorage = await temporaryFolder();
    const alone = counting({ resultStorage, cachePolicy: large });
    expect(
      [await alone.t(1), await alone.t(1), await alone.t(10), await alone.t(11)].map(({ at }) => at),
    ).toEqual([1, 2, 3, 3]);
    const both = counting({ resultStorage, cachePolicy: large.plus(INPUTS) });
    expect([await both.t(10), await both.t(11), await both.t(10)].map(({ at }) => at)).toEqual([1, 2, 1]);
  });

  it("does not take a result of INPUTS that was made with another default", async () => {
    const options = { name: "Times", cachePolicy: INPUTS, resultStorage: await temporaryFolder() };
    const double = task(options, (x: number, y: number = 2) => [x * y]);
    const triple = task(options, (x: number, y: number = 3) => [x * y]);
    expect([await double(5), await triple(5), await double(5)]).toEqual([[10], [15], [10]]);
    // Given, or left out of the key, the default plays no part.
    expect([await double(5, 7), await triple(5, 7)]).toEqual([[35], [35]]);
    const minus = { ...options, cachePolicy: INPUTS.minus("y"), resultStorage: await temporaryFolder() };
    expect([await double.withOptions(minus)(5), await triple.withOptions(minus)(5)]).toEqual([[10], [10]]);
  });

  it("knows the defaults of patterns, and of a call without arguments", async () => {
    const options = { name: "Limits", cachePolicy: INPUTS, resultStorage: await temporaryFolder() };
    const ten = task(options, ({ limit = 10 }: { limit?: number }) => limit);
    const twenty = task(options, ({ limit = 20 }: { limit?: number }) => limit);
    expect([await ten({}), await twenty({})]).toEqual([10, 20]);
    let calls = 0;
    const alone = task({ ...options, name: "Alone" }, (limit = 30) => {
      calls += 1;
      return limit;
    });
    expect([await alone(), await alone(), calls]).toEqual([30, 30, 1]);
  });

  it("forgets after its time, and is renewed on demand", async () => {
    const folder = await temporaryFolder();
    const short = counting({ cachePolicy: INPUTS, resultStorage: folder, cacheExpirationSeconds: 0 });
    await short.t(1);
    await short.t(1);
    expect(short.calls.count).toBe(2);
    const fresh = counting({
      cachePolicy: INPUTS,
      resultStorage: await temporaryFolder(),
      refreshCache: true,
    });
    await fresh.t(1);
    await fresh.t(1);
    expect(fresh.calls.count).toBe(2);
  });

  it("does not outlive the run by default, and is not used when results are not kept", async () => {
    const kept = counting({ persistResult: true, resultStorage: await temporaryFolder() });
    const twice = flow({ name: "F" }, async () => [await kept.t(1), await kept.t(1)]);
    await twice();
    await twice();
    expect(kept.calls.count).toBe(2);
    const off = counting({ cachePolicy: INPUTS, persistResult: false });
    await off.t(1);
    await off.t(1);
    expect(off.calls.count).toBe(2);
  });

  it("holds for the tasks of a flow that keeps its results, so that a further try does not run them again", async () => {
    const { calls, t } = counting({});
    let tries = 0;
    const keeps = flow(
      { name: "Keeps", persistResult: true, resultStorage: await temporaryFolder(), retries: 1 },
      async () => {
        tries += 1;
        const found = await t(1);
        if (tries === 1) throw new Error("after the task");
        return found;
      },
    );
    expect(await keeps()).toEqual({ n: 1, at: 1 });
    expect([tries, calls.count]).toEqual([2, 1]);
  });

  it("that cannot be read or written does not fail the task", async () => {
    const broken: ResultStorage = {
      address: (key) => key,
      read: () => Promise.reject(new Error("unreadable")),
      write: () => Promise.reject(new Error("read-only")),
    };
    const { t } = counting({ cachePolicy: INPUTS, resultStorage: broken });
    expect(await t(5)).toEqual({ n: 5, at: 1 });
    const big = task({ name: "Big", persistResult: true, resultStorage: await temporaryFolder() }, () => 10n);
    expect(await big()).toBe(10n);
  });
});

describe("cache policies", () => {
  const context = {
    inputs: { a: 1, b: [2] },
    source: "() => 1",
    runId: "run",
    flowParameters: { museum: "NHM" },
  };
  const key = (policy: CachePolicy, changes = {}) => policy.key({ ...context, ...changes });

  it.each<[string, CachePolicy, object, boolean]>([
    ["INPUTS, other inputs", INPUTS, { inputs: { a: 2, b: [2] } }, false],
    ["INPUTS, other order", INPUTS, { inputs: { b: [2], a: 1 } }, true],
    ["INPUTS, other run", INPUTS, { runId: "other" }, true],
    ["INPUTS, other defaults", INPUTS, { defaults: { c: "c = 2" } }, false],
    ["INPUTS, no defaults", INPUTS, { defaults: {} }, true],
    ["TASK_SOURCE, other defaults", TASK_SOURCE, { defaults: { c: "c = 2" } }, true],
    ["INPUTS.minus(a), other a", INPUTS.minus("a"), { inputs: { a: 9, b: [2] } }, true],
    ["TASK_SOURCE, other code", TASK_SOURCE, { source: "() => 2" }, false],
    ["TASK_SOURCE, other inputs", TASK_SOURCE, { inputs: {} }, true],
    ["RUN_ID, other run", RUN_ID, { runId: "other" }, false],
    ["FLOW_PARAMETERS, other parameters", FLOW_PARAMETERS, { flowParameters: { museum: "UM" } }, false],
    ["DEFAULT, other run", DEFAULT, { runId: "other" }, false],
    ["DEFAULT, other code", DEFAULT, { source: "() => 2" }, false],
    ["INPUTS.plus(RUN_ID), other run", INPUTS.plus(RUN_ID), { runId: "other" }, false],
  ])("%s: same key %s", (_, policy, changes, same) => {
    expect(key(policy) === key(policy, changes)).toBe(same);
  });

  it("without a part make no key", () => {
    expect(key(NO_CACHE)).toBeUndefined();
    expect(key(INPUTS, { inputs: {} })).toBeUndefined();
  });
});

it("the key of inputs without defaults is the one that results were kept under before", () => {
  const context = { inputs: { a: 1 }, source: "", runId: "", flowParameters: {} };
  expect(INPUTS.key(context)).toBe("177aef2f043c8c569bbcbb60ab2bb3c22545a22831398fd013c61a41b2729ef0");
});

describe("the hash of inputs", () => {
  it.each<[string, unknown, unknown, boolean]>([
    ["equal dates", new Date(5), new Date(5), true],
    ["other dates", new Date(5), new Date(6), false],
    ["undefined and nothing", { a: undefined }, {}, false],
    ["equal maps", new Map([[1, 2]]), new Map([[1, 2]]), true],
    ["a bigint and a number", 1n, 1, false],
    ["a text and a number", "1", 1, false],
    ["other bytes", new Uint8Array([1, 2]), new Uint8Array([1, 3]), false],
    ["equal addresses", new URL("http://a.example/"), new URL("http://a.example/"), true],
  ])("of %s", (_, one, two, same) => {
    expect(hashOf(one) === hashOf(two)).toBe(same);
  });

  it.each([
    [() => 1, /is a function/],
    [{ deep: [new (class Pool {})()] }, /\(deep\[0\]\) is an object of Pool/],
  ])("of %s is refused, with its place", (value, message) => {
    expect(() => hashOf(value)).toThrow(message);
  });
});

describe("a folder of results", () => {
  it("holds records in the form of Prefect's Python", async () => {
    const folder = await temporaryFolder();
    const load = flow(
      { name: "Load", parameters: z.object({ n: z.number() }), persistResult: true, resultStorage: folder },
      ({ n }) => ({ n, museum: "Universitetsmuseet i Bergen – Ø" }),
    );
    await load({ n: 3 });
    const [name = ""] = await readdir(folder);
    const record = JSON.parse(await readFile(join(folder, name), "utf8"));
    expect(record.metadata).toEqual({
      storage_key: join(folder, name),
      expiration: null,
      serializer: { type: "json" },
      prefect_version: "3.8.8",
      storage_block_id: null,
    });
    expect(JSON.parse(record.result)).toEqual({ n: 3, museum: "Universitetsmuseet i Bergen – Ø" });
  });

  it("refuses keys that lead out of it", async () => {
    const folder = localFolder(await temporaryFolder());
    await expect((async () => folder.write("../out", ""))()).rejects.toThrow(/leads out of/);
  });

  it.each(["ftp://host/x", "s3-bucket/my-block", "./results", "results", "~/results", ""])(
    "is not at %j: flow and task say so when they are made",
    (resultStorage) => {
      const refused = new RegExp(
        `is "${resultStorage}": give a folder's absolute path, or s3://bucket/prefix`,
      );
      expect(() => flow({ name: "F", resultStorage }, () => 1)).toThrow(refused);
      expect(() => task({ name: "T", resultStorage }, () => 1)).toThrow(refused);
      expect(() => localFolder(resultStorage)).toThrow(/give an absolute path/);
    },
  );

  it("is the setting's; a storage block that another setting names is not loaded, which is told once", async () => {
    const folder = await temporaryFolder();
    vi.stubEnv("PREFECT_DEFAULT_RESULT_STORAGE_BLOCK", "s3-bucket/my-block");
    vi.stubEnv("PREFECT_LOCAL_STORAGE_PATH", folder);
    const write = vi.spyOn(process.stderr, "write").mockImplementation(() => true);
    try {
      // Settings are read once: by a copy of the SDK that has read none yet.
      vi.resetModules();
      const sdk = await import("../../src/sdk/index.ts");
      const keeps = sdk.flow({ name: "Keeps", persistResult: true }, () => 1);
      await keeps();
      await keeps();
      const told = write.mock.calls.filter(([text]) => String(text).includes("STORAGE_BLOCK is"));
      expect(String(told)).toContain(
        `s3-bucket/my-block, but storage blocks are not loaded here: results go to ${folder}`,
      );
      expect(told).toHaveLength(1);
    } finally {
      write.mockRestore();
      vi.unstubAllEnvs();
    }
    expect(await readdir(folder)).toHaveLength(2);
  });

  it("a record that was not written as JSON is not taken", async () => {
    const folder = await temporaryFolder();
    const { calls, t } = counting({ resultStorage: folder, cacheKeyFn: () => "pickled" });
    await writeFile(
      join(folder, "pickled"),
      JSON.stringify({ metadata: { serializer: { type: "pickle" }, expiration: null }, result: "gASV" }),
    );
    await t(1);
    expect(calls.count).toBe(1);
  });
});

describe("a result that JSON would change", () => {
  it.each<[string, unknown]>([
    ["Set", { seen: new Set([1]) }],
    ["Map", new Map()],
    ["function", [() => 1]],
    ["NaN", { mean: Number.NaN }],
    ["RangeError", new RangeError("far")],
  ])("is not kept: a %s", async (_, value) => {
    let calls = 0;
    const folder = await temporaryFolder();
    const odd = task({ name: "Odd", cachePolicy: INPUTS, resultStorage: folder }, (_n: number) => {
      calls += 1;
      return value;
    });
    await flow({ name: "F" }, async () => {
      expect(await odd(1)).toBe(value);
      expect(await odd(1)).toBe(value);
    })();
    expect(calls).toBe(2);
    expect(await readdir(folder)).toEqual([]);
  });

  it("is kept where it says itself how it is written", async () => {
    const rows = Object.assign(new Map([["a", 1]]), { toJSON: () => ({ a: 1 }) });
    const odd = task(
      { name: "Odd", cachePolicy: INPUTS, resultStorage: await temporaryFolder() },
      (_n: number) => rows,
    );
    await flow({ name: "F" }, async () => {
      await odd(1);
      expect(await odd(1)).toEqual({ a: 1 });
    })();
  });
});
