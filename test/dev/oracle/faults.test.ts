import type oracledb from "oracledb";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { OracleServer } from "../../../dev/oracle/server.ts";
import { connect, failure, numberRows, numbersSchema, startServer } from "./support.ts";

const ALL = "SELECT id, text FROM numbers ORDER BY id";

describe("troubles on demand", () => {
  let server: OracleServer;
  let connection: oracledb.Connection;
  const count = async (sql = ALL, fetchArraySize = 100) => {
    let seen = 0;
    const { resultSet } = await connection.execute(sql, [], { resultSet: true, fetchArraySize });
    try {
      for (let rows = await resultSet?.getRows(100); rows?.length; rows = await resultSet?.getRows(100))
        seen += rows.length;
      return { seen };
    } catch (error) {
      return { seen, error: error as Error & { errorNum?: number } };
    }
  };

  beforeAll(async () => {
    server = await startServer(numbersSchema);
    await server.load("TESTER", "NUMBERS", numberRows(1000));
  });
  beforeEach(async () => {
    connection = await connect(server);
  });
  afterEach(async () => {
    server.faults.clear();
    await connection.close().catch(() => undefined);
  });
  afterAll(async () => {
    await server.close();
  });

  test("without faults all rows come", async () => {
    expect(await count()).toEqual({ seen: 1000 });
  });

  test("the socket is cut after so many rows, once, and a new session reads on", async () => {
    server.faults.set({ cutAfterRows: 250, times: 1 });
    const { seen, error } = await count();
    expect(seen).toBe(200);
    expect(error?.message).toMatch(/^NJS-500/);
    connection = await connect(server);
    expect(await count()).toEqual({ seen: 1000 });
  });

  test.each([
    [1555, /^ORA-01555/, true],
    [942, /^ORA-00942/, true],
    [3113, /^NJS-500/, false],
    [28, /^NJS-500/, false],
  ])("a fetch fails with ORA-%i after so many rows", async (code, message, healthy) => {
    server.faults.set({ failFetch: { code, afterRows: 300 } });
    const { seen, error } = await count();
    expect([seen, error?.errorNum]).toEqual([200, code]);
    expect(error?.message).toMatch(message);
    expect(connection.isHealthy()).toBe(healthy);
  });

  test("a stall in mid result is ended by callTimeout, and the session goes on", async () => {
    server.faults.set({ stall: { ms: 60_000, afterRows: 500 } });
    connection.callTimeout = 150;
    const { error } = await count();
    expect(error?.message).toMatch(/^NJS-123/);
    server.faults.clear();
    expect(await count()).toEqual({ seen: 1000 });
  });

  test("a stall before every answer only delays it", async () => {
    server.faults.set({ stall: { ms: 30 } });
    const before = performance.now();
    await connection.ping();
    await connection.ping();
    expect(performance.now() - before).toBeGreaterThan(55);
  });

  test("rows come no faster than they should", async () => {
    server.faults.set({ rowsPerSecond: 4000 });
    const before = performance.now();
    expect(await count()).toEqual({ seen: 1000 });
    expect(performance.now() - before).toBeGreaterThan(200);
  });

  test("a break ends a stalled call with ORA-01013, and the session goes on", async () => {
    server.faults.set({ stall: { ms: 60_000 } });
    const call = failure(connection.execute("SELECT 1 FROM dual"));
    await connection.break();
    expect((await call).message).toMatch(/^ORA-01013/);
    server.faults.clear();
    expect((await connection.execute("SELECT 1 FROM dual")).rows).toEqual([[1]]);
  });

  test("a break around the end of a call never puts client and server out of step", async () => {
    for (let ms = 1; ms <= 15; ms++) {
      server.faults.set({ stall: { ms } });
      connection.callTimeout = 8;
      await connection
        .execute("SELECT :n FROM dual", [ms])
        .catch((error: Error) => expect(error.message).toMatch(/^NJS-123/));
      connection.callTimeout = 0;
      server.faults.clear();
      expect((await connection.execute("SELECT :n FROM dual", [ms])).rows).toEqual([[ms]]);
    }
  });

  test("a mute server answers nothing until the server is closed", async () => {
    const other = await startServer();
    const mute = await connect(other);
    other.faults.set({ mute: "session" });
    const call = failure(mute.ping());
    const first = await Promise.race([call, new Promise((resolve) => setTimeout(resolve, 150, "nothing"))]);
    expect(first).toBe("nothing");
    await other.close();
    expect((await call).message).toMatch(/^NJS-500/);
  });

  test("a number that means nothing is refused, with its name and value", () => {
    expect(() => server.faults.set({ rowsPerSecond: 0 })).toThrow(
      "The fault rowsPerSecond is 0: give a number from 1.",
    );
  });

  test("a second writer waits for the first, and a break ends its waiting", async () => {
    const other = await connect(server);
    await connection.execute("UPDATE numbers SET text = 'x' WHERE id = 1");
    const waiting = failure(other.execute("UPDATE numbers SET text = 'y' WHERE id = 1"));
    await other.break();
    expect((await waiting).message).toMatch(/^ORA-01013/);
    await connection.rollback();
    expect((await other.execute("UPDATE numbers SET text = 'row 1' WHERE id = 1")).rowsAffected).toBe(1);
    await other.rollback();
    await other.close();
  });
});
