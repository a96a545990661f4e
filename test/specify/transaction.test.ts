import { expect, test } from "vitest";
import { openSpecify, type Statements } from "../../src/specify/database.ts";
import { CommitUnknownError, failsEveryRow } from "../../src/specify/errors.ts";
import { retryDelayMilliseconds } from "../../src/specify/transaction.ts";
import { insertUser } from "../../src/specify/users.ts";
import { startCommitCutter } from "./support/commit-cutter.ts";
import { openFreshSpecify } from "./support/fresh-specify.ts";

const database = await openFreshSpecify();
const NOTHING = { collectionIds: [], groupIds: [] };

async function usersNamed(name: string): Promise<number> {
  const [row] = await database.query<{ n: number }>("SELECT COUNT(*) AS n FROM specifyuser WHERE Name = ?", [
    name,
  ]);
  return row?.n ?? 0;
}

test("what the work threw comes out, and nothing of it stays", async () => {
  const work = database.transaction(async (statements) => {
    await insertUser(statements, { name: "rolled back", email: null }, NOTHING);
    throw new Error("changed my mind");
  });
  await expect(work).rejects.toThrow("changed my mind");
  expect(await usersNamed("rolled back")).toBe(0);
});

test("a row that the database refuses is not tried again", async () => {
  let tries = 0;
  const work = database.transaction(async (statements) => {
    tries += 1;
    await insertUser(statements, { name: "x".repeat(65), email: null }, NOTHING);
  });
  await expect(work).rejects.toThrow("Data too long");
  expect(tries).toBe(1);
});

test("after a deadlock the one that gave way is done again", async () => {
  const a = await insertUser(database, { name: "deadlock a", email: "0" }, NOTHING);
  const b = await insertUser(database, { name: "deadlock b", email: "0" }, NOTHING);
  const add = (statements: Statements, id: number) =>
    statements.query("UPDATE specifyuser SET EMail = EMail + 1 WHERE specifyuserid = ?", [id]);
  let tries = 0;
  // Each waits, on its first try, until both hold their first row; then each wants the other's.
  const both = Promise.withResolvers<void>();
  const crossing = (first: number, second: number) => {
    return database.transaction(async (statements) => {
      tries += 1;
      await add(statements, first);
      if (tries === 2) both.resolve();
      await both.promise;
      await add(statements, second);
    });
  };
  await Promise.all([crossing(a, b), crossing(b, a)]);
  expect(tries).toBe(3);
  const rows = await database.query("SELECT EMail FROM specifyuser WHERE specifyuserid IN (?, ?)", [a, b]);
  expect(rows).toEqual([{ EMail: "2" }, { EMail: "2" }]);
});

test("after a connection lost before the commit the work is done again, and goes in once", async () => {
  let tries = 0;
  await database.transaction(async (statements) => {
    tries += 1;
    await insertUser(statements, { name: "lost once", email: null }, NOTHING);
    if (tries > 1) return;
    const [own] = await statements.query<{ id: number }>("SELECT CONNECTION_ID() AS id");
    await database.query(`KILL ${own?.id}`);
    await statements.query("SELECT 1");
  });
  expect(tries).toBe(2);
  expect(await usersNamed("lost once")).toBe(1);
});

test("after a connection lost during the commit nothing is done again, since the row may be in", async () => {
  const { port } = await startCommitCutter(database.settings, 1);
  let tries = 0;
  await using other = await openSpecify({ ...database.settings, host: "127.0.0.1", port });
  const error = await other
    .transaction(async (statements) => {
      tries += 1;
      await insertUser(statements, { name: "commit lost", email: null }, NOTHING);
    })
    .catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(CommitUnknownError);
  expect(failsEveryRow(error)).toBe(true);
  expect((error as Error).message).toContain("Run again");
  expect(tries).toBe(1);
  expect(await usersNamed("commit lost")).toBe(1);
});

test("an aborted signal ends it before the next try", async () => {
  const work = database.transaction(async () => undefined, AbortSignal.abort(new Error("cancelled")));
  await expect(work).rejects.toThrow("cancelled");
});

test("waits 0.1 s, then twice as long each time", () => {
  expect([1, 2, 3, 4].map(retryDelayMilliseconds)).toEqual([100, 200, 400, 800]);
});
