import { expect, test } from "vitest";
import { agentIsThere, insertAgents, newGuid } from "../../src/specify/agents.ts";
import { openSpecify } from "../../src/specify/database.ts";
import { takeMigrationLock } from "../../src/specify/lock.ts";
import { LockedSession } from "../../src/specify/locked-session.ts";
import { writeHalving } from "../../src/specify/write-halving.ts";
import { startTcpProxy } from "../support/tcp-proxy.ts";
import { openFreshSpecify } from "./support/fresh-specify.ts";

const database = await openFreshSpecify();
const signal = new AbortController().signal;
const options = {
  migration: "A test",
  holder: 'flow run 1234 ("modig-ørret")',
  signal,
  log: () => undefined,
};
const never = async (): Promise<boolean> => false;

const agent = (lastName: string) => ({
  agentType: 1,
  firstName: null,
  lastName,
  email: null,
  remarks: null,
  guid: newGuid(),
});
const links = { divisionId: 1, specifyUserId: null };

async function agentsNamed(name: string): Promise<number> {
  const [row] = await database.query<{ n: number }>("SELECT COUNT(*) AS n FROM agent WHERE LastName = ?", [
    name,
  ]);
  return row?.n ?? 0;
}

test("whoever is refused the lock reads which run holds it, and on which connection", async () => {
  await using session = await LockedSession.open(database, options);
  const [own] = await session.query<{ id: number }>("SELECT CONNECTION_ID() AS id");
  await expect(takeMigrationLock(database, "A test")).rejects.toThrow(
    `right now: flow run 1234 ("modig-ørret"), connection ${own?.id} of MariaDB`,
  );
});

test("a connection that the server ends in the middle is opened again, and the work goes in once", async () => {
  await using session = await LockedSession.open(database, { ...options, migration: "Ended" });
  let tries = 0;
  await session.transaction(async (statements) => {
    tries += 1;
    await insertAgents(statements, [agent("Ended once")], links);
    if (tries > 1) return;
    const [own] = await statements.query<{ id: number }>("SELECT CONNECTION_ID() AS id");
    await database.query(`KILL ${own?.id}`);
    await statements.query("SELECT 1");
  }, never);
  expect(tries).toBe(2);
  expect(await agentsNamed("Ended once")).toBe(1);
});

for (const [what, lose] of [
  ["is lost", "cut"],
  ["hangs where the server does not notice", "hold"],
] as const) {
  test(`when the connection ${what} around the commit, the rows are looked for, and are there once`, async () => {
    const proxy = await startTcpProxy(database.settings);
    const through = { ...database.settings, host: "127.0.0.1", port: proxy.port };
    await using other = await openSpecify(through);
    await using session = await LockedSession.open(other, { ...options, migration: `Commit ${lose}` });
    const one = agent(`Commit ${lose}`);
    await session.transaction(
      async (statements) => {
        await insertAgents(statements, [one], links);
        // The next bytes are the commit: they are passed on, and no answer comes back.
        if ((await agentsNamed(one.lastName)) === 0) proxy.after(1, () => setImmediate(() => proxy[lose]()));
      },
      (statements) => agentIsThere(statements, one.guid),
    );
    expect(await agentsNamed(one.lastName)).toBe(1);
  });
}

test("halving finds the rows that the database refuses, and writes all others", async () => {
  await using session = await LockedSession.open(database, { ...options, migration: "Halving" });
  const rows = Array.from({ length: 40 }, (_none, index) =>
    agent(index === 7 || index === 30 ? "x".repeat(300) : "Halved"),
  );
  const refused = await writeHalving(session, rows, {
    write: (statements, some) => insertAgents(statements, some, links),
    landed: (statements, { guid }) => agentIsThere(statements, guid),
  });
  expect(refused.map(({ row }) => rows.indexOf(row))).toEqual([7, 30]);
  expect(refused[0]?.reason).toContain("Data too long for column 'LastName'");
  expect(await agentsNamed("Halved")).toBe(38);
});

test("an aborted signal ends it before the next transaction", async () => {
  const stop = new AbortController();
  await using session = await LockedSession.open(database, {
    ...options,
    migration: "Abort",
    signal: stop.signal,
  });
  stop.abort(new Error("cancelled by a person"));
  await expect(session.transaction(async () => undefined, never)).rejects.toThrow("cancelled by a person");
});
