import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { FaultSettings } from "../../dev/oracle/faults.ts";
import type { OracleServer } from "../../dev/oracle/server.ts";
import { type KeyedRead, readByKey } from "../../src/oracle/keyed-read.ts";
import { OraclePool } from "../../src/oracle/pool.ts";
import { reconnectDelaySeconds } from "../../src/oracle/reconnect-delay.ts";
import type { OracleSettings } from "../../src/oracle/settings.ts";
import { closedPort, settingsFor, startStandIn } from "./support/stand-in.ts";

let server: OracleServer;
beforeAll(async () => {
  server = await startStandIn();
});
afterEach(() => server.faults.clear());
afterAll(() => server.close());

const MANY: KeyedRead = {
  sql: "SELECT ID, TEXT FROM TRIAL.MANY WHERE ID < :below",
  key: "ID",
  binds: [4000],
  batchSize: 500,
  doing: "reading TRIAL.MANY",
};
const below = (count: number): number[] => Array.from({ length: count }, (_none, index) => index);

/** All keys that come, in their order, and the log. */
async function readAll(
  changed: { read?: Partial<KeyedRead>; settings?: Partial<OracleSettings>; signal?: AbortSignal } = {},
  onBatch: (batches: number) => void = () => undefined,
  onLine: (lines: number) => void = () => undefined,
): Promise<{ keys: unknown[]; lines: string[] }> {
  const keys: unknown[] = [];
  const lines: string[] = [];
  await using pool = new OraclePool(settingsFor(server, changed.settings), {
    signal: changed.signal,
    log: (line) => onLine(lines.push(line)),
  });
  let batches = 0;
  for await (const batch of readByKey(pool, { ...MANY, ...changed.read })) {
    keys.push(...batch.map((row) => row[changed.read?.key ?? "ID"]));
    batches += 1;
    onBatch(batches);
  }
  return { keys, lines };
}

describe("a read by key whose connection is lost", () => {
  test.each<[string, FaultSettings, Partial<OracleSettings>]>([
    ["by a cut in mid stream, three times", { cutAfterRows: 1200, times: 3 }, {}],
    ["before its first row", { cutAfterRows: 0, times: 1 }, {}],
    ["by a database that stops", { failFetch: { code: 1089, afterRows: 700 }, times: 2 }, {}],
  ])("%s goes on, with every row once and in order", async (_how, faults, settings) => {
    server.faults.set(faults);
    const { keys, lines } = await readAll({ settings });
    expect(keys).toEqual(below(4000));
    expect(lines).toHaveLength(faults.times ?? 0);
    expect(lines[0]).toMatch(
      /^Lost the connection to Oracle while reading TRIAL\.MANY, .*going on from there\.$/,
    );
  });

  test("by a server that falls silent goes on when it speaks again", async () => {
    server.faults.set({ stall: { ms: 600_000, afterRows: 1000 } });
    const settings = { stallTimeoutSeconds: 2 };
    const speak = (): void => server.faults.clear();
    const { keys, lines } = await readAll({ settings }, undefined, speak);
    expect(keys).toEqual(below(4000));
    expect(lines.join()).toContain("server-silent (ORACLE-STALLED)");
  });

  test("waits through a listener that refuses for a while", async () => {
    server.faults.set({ cutAfterRows: 1200, times: 1 });
    const { keys, lines } = await readAll({}, undefined, (line) => {
      if (line === 1) server.faults.set({ refuse: 12528, times: 2 });
    });
    expect(keys).toEqual(below(4000));
    expect(lines.map((line) => /NJS-\d+|ORA-\d+/.exec(line)?.[0])).toEqual(["NJS-500", "NJS-511", "NJS-511"]);
  });

  test("waits until the listener knows the service again, as after a restart of the database", async () => {
    server.faults.set({ cutAfterRows: 1200, times: 1 });
    const { keys, lines } = await readAll({}, undefined, (line) => {
      if (line === 1) server.faults.set({ refuse: 12514, times: 2 });
    });
    expect(keys).toEqual(below(4000));
    expect(lines.map((line) => /NJS-\d+|ORA-\d+/.exec(line)?.[0])).toEqual(["NJS-500", "NJS-518", "NJS-518"]);
  });

  test("gives up with the driver's error when nothing has come for so long", async () => {
    const read = readAll({ settings: { reconnectSeconds: 0.2 } }, (batches) => {
      if (batches === 1) server.faults.set({ cutAfterRows: 0 });
    });
    await expect(read).rejects.toThrow(/NJS-5\d\d/);
  });

  test("ends at once when the signal aborts while it waits to connect again", async () => {
    const stop = new AbortController();
    const lines: string[] = [];
    await using pool = new OraclePool(settingsFor(server), {
      signal: stop.signal,
      log: (line) => {
        lines.push(line);
        setImmediate(() => stop.abort(new Error("cancelled by a person")));
      },
    });
    server.faults.set({ cutAfterRows: 600 });
    const read = async () => {
      for await (const batch of readByKey(pool, MANY)) expect(batch).toHaveLength(500);
    };
    await expect(read()).rejects.toThrow("cancelled by a person");
    expect(lines).toHaveLength(1);
  });
});

test("a read by key starts behind the key it is given", async () => {
  const { keys } = await readAll({ read: { after: 3989 } });
  expect(keys).toEqual([3990, 3991, 3992, 3993, 3994, 3995, 3996, 3997, 3998, 3999]);
});

test("a key may be a text", async () => {
  server.faults.set({ cutAfterRows: 700, times: 1 });
  const { keys } = await readAll({ read: { key: "TEXT" } });
  expect(new Set(keys).size).toBe(4000);
  expect(keys).toHaveLength(4000);
});

test("a first connection that fails is not tried again: the settings may be wrong", async () => {
  await expect(readAll({ settings: { port: await closedPort() } })).rejects.toThrow("NJS-503");
});

test("a service that the listener has never known is not waited for", async () => {
  await expect(readAll({ settings: { service: "WRONG" } })).rejects.toThrow("NJS-518");
});

describe("a first connection that fails is tried again", () => {
  const read = async (pool: OraclePool): Promise<number> => {
    let rows = 0;
    for await (const batch of readByKey(pool, MANY)) rows += batch.length;
    return rows;
  };

  test("between two reads of a pool", async () => {
    const lines: string[] = [];
    await using pool = new OraclePool(settingsFor(server), { log: (line) => lines.push(line) });
    expect(pool.wasReached).toBe(false);
    {
      // The second read has to connect anew: this session is lent.
      await using _lent = await pool.lease();
      expect(pool.wasReached).toBe(true);
      server.faults.set({ refuse: 12514, times: 2 });
      expect(await read(pool)).toBe(4000);
    }
    expect(lines).toHaveLength(2);
  });

  test("when the settings are known to be right", async () => {
    const lines: string[] = [];
    await using pool = new OraclePool(settingsFor(server), {
      wasReached: true,
      log: (line) => lines.push(line),
    });
    server.faults.set({ closeAtConnect: true, times: 2 });
    expect(await read(pool)).toBe(4000);
    expect(lines[0]).toMatch(/before the first row/);
  });
});

test("a key with doubles or without a value is refused with the column's name", async () => {
  const sql = "SELECT MOD(ID, 7) AS SEVENTH, NULL AS NOTHING FROM TRIAL.MANY";
  await expect(readAll({ read: { sql, binds: [], key: "SEVENTH" } })).rejects.toThrow(
    "SEVENTH 0 came after SEVENTH 0; reading by key needs a column without doubles",
  );
  await expect(readAll({ read: { sql, binds: [], key: "NOTHING" } })).rejects.toThrow("NOTHING = null");
});

test("the delays before connecting again grow to half a minute", () => {
  expect([1, 2, 3, 4, 5, 6, 7, 8, 100].map(reconnectDelaySeconds)).toEqual([0.5, 1, 2, 4, 8, 16, 30, 30, 30]);
});
