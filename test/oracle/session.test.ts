import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { OracleServer } from "../../dev/oracle/server.ts";
import { connectOracle } from "../../src/oracle/connect.ts";
import { settingsFor, startStandIn } from "./support/stand-in.ts";

let server: OracleServer;
beforeAll(async () => {
  server = await startStandIn();
});
afterEach(() => server.faults.clear());
afterAll(() => server.close());

const SELECT_MANY = "SELECT ID, TEXT FROM TRIAL.MANY ORDER BY ID";

describe("a session", () => {
  test("says its mode and both versions", async () => {
    await using session = await connectOracle(settingsFor(server));
    expect(session.mode).toBe("thin");
    expect(session.clientVersion).toMatch(/^node-oracledb \d+\.\d+/);
    expect(session.serverVersion).toMatch(/^19\./);
  });

  test("streams batches of the asked size, in order, to the last row", async () => {
    await using session = await connectOracle(settingsFor(server));
    const sizes: number[] = [];
    const ids: unknown[] = [];
    for await (const batch of session.stream(SELECT_MANY, { batchSize: 1500 })) {
      sizes.push(batch.length);
      ids.push(...batch.map((row) => row.ID));
    }
    expect(sizes).toEqual([1500, 1500, 1500, 500]);
    expect(ids).toEqual(Array.from({ length: 5000 }, (_none, index) => index));
  });

  test("gives no batch for an empty result", async () => {
    await using session = await connectOracle(settingsFor(server));
    expect(await session.query("SELECT ID FROM TRIAL.MANY WHERE ID < 0")).toEqual([]);
  });

  test("can be used again after a stream was left early", async () => {
    await using session = await connectOracle(settingsFor(server));
    for await (const batch of session.stream(SELECT_MANY, { batchSize: 10 })) {
      expect(batch).toHaveLength(10);
      break;
    }
    expect(await session.query("SELECT COUNT(*) AS N FROM TRIAL.MANY")).toEqual([{ N: 5000 }]);
  });

  test("binds values by position", async () => {
    await using session = await connectOracle(settingsFor(server));
    expect(await session.query("SELECT TEXT FROM TRIAL.MANY WHERE ID = :1", [42])).toEqual([
      { TEXT: "row 42" },
    ]);
  });

  test("gives every kind of value exactly: NUMBER, DATE, TIMESTAMP, CLOB, null", async () => {
    const note = "Æ".repeat(40_000);
    await server.load("TRIAL", "VALUES_OF_ALL_KINDS", [
      [
        1,
        "12345678901234567890.12",
        "Åse 🐟",
        new Date("1899-12-31T23:59:59Z"),
        new Date("2024-03-31T02:30:00.125Z"),
        note,
      ],
      [2, null, null, null, null, null],
    ]);
    await using session = await connectOracle(settingsFor(server));
    const rows = await session.query("SELECT * FROM TRIAL.VALUES_OF_ALL_KINDS ORDER BY ID");
    expect(rows).toEqual([
      {
        ID: 1,
        EXACT: "12345678901234567890.12",
        TEXT: "Åse 🐟",
        DAY: new Date("1899-12-31T23:59:59Z"),
        MOMENT: new Date("2024-03-31T02:30:00.125Z"),
        NOTE: note,
      },
      { ID: 2, EXACT: null, TEXT: null, DAY: null, MOMENT: null, NOTE: null },
    ]);
  });

  test("ends at once when the signal aborts in mid stream", async () => {
    const stop = new AbortController();
    await using session = await connectOracle(settingsFor(server), { signal: stop.signal });
    server.faults.set({ stall: { ms: 60_000, afterRows: 2000 } });
    const read = async () => {
      for await (const batch of session.stream(SELECT_MANY, { batchSize: 1000 })) {
        if (batch.at(-1)?.ID === 1999) setImmediate(() => stop.abort(new Error("cancelled by a person")));
      }
    };
    await expect(read()).rejects.toThrow("cancelled by a person");
  });

  test("is not opened when the signal has aborted already", async () => {
    const signal = AbortSignal.abort(new Error("too late"));
    await expect(connectOracle(settingsFor(server), { signal })).rejects.toThrow("too late");
  });
});
