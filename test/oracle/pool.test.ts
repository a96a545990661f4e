import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import type { OracleServer } from "../../dev/oracle/server.ts";
import { OraclePool } from "../../src/oracle/pool.ts";
import { settingsFor, startStandIn } from "./support/stand-in.ts";

let server: OracleServer;
beforeAll(async () => {
  server = await startStandIn();
});
afterEach(() => server.faults.clear());
afterAll(() => server.close());

const SESSION_ID = "SELECT SYS_CONTEXT('USERENV', 'SESSIONID') AS ID FROM DUAL";

async function sessionId(pool: OraclePool): Promise<unknown> {
  await using lease = await pool.lease();
  const [row] = await lease.session.query(SESSION_ID);
  return row?.ID;
}

test("a pool lends the same session again, and another one while it is lent", async () => {
  await using pool = new OraclePool(settingsFor(server));
  const first = await sessionId(pool);
  expect(await sessionId(pool)).toBe(first);
  await using _lent = await pool.lease();
  expect(await sessionId(pool)).not.toBe(first);
});

test("a pool opens no more sessions than its size, and serves whoever waits in turn", async () => {
  await using pool = new OraclePool(settingsFor(server), { size: 2 });
  const ids = await Promise.all(Array.from({ length: 10 }, () => sessionId(pool)));
  expect(new Set(ids).size).toBe(2);
});

test("a pool throws a broken session away and makes a new one", async () => {
  await using pool = new OraclePool(settingsFor(server), { size: 1 });
  const first = await sessionId(pool);
  server.faults.set({ cutAfterRows: 0, times: 1 });
  await expect(sessionId(pool)).rejects.toThrow(/NJS-/);
  const second = await sessionId(pool);
  expect(second).not.toBe(first);
});

test("a pool whose connection fails lets the next one try", async () => {
  await using pool = new OraclePool(settingsFor(server), { size: 1 });
  server.faults.set({ refuse: 12528, times: 1 });
  await expect(pool.lease()).rejects.toThrow("ORA-12528");
  expect(await sessionId(pool)).toBeDefined();
});

test("a closed pool refuses, also whoever was waiting", async () => {
  const pool = new OraclePool(settingsFor(server), { size: 1 });
  const lease = await pool.lease();
  const waiting = pool.lease();
  waiting.catch(() => undefined);
  await pool.close();
  await expect(waiting).rejects.toThrow("is closed");
  await lease[Symbol.asyncDispose]();
  expect(lease.session.isUsable).toBe(false);
});
