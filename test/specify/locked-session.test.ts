import { describe, expect, test } from "vitest";
import { agentIsThere, insertAgents, newGuid } from "../../src/specify/agents.ts";
import { openSpecify, type Statements } from "../../src/specify/database.ts";
import { diagnoseSpecify } from "../../src/specify/diagnose.ts";
import { takeMigrationLock } from "../../src/specify/lock.ts";
import { lockName } from "../../src/specify/lock-name.ts";
import { LockedSession } from "../../src/specify/locked-session.ts";
import { type BatchWriter, writeHalving } from "../../src/specify/write-halving.ts";
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

type Agent = ReturnType<typeof agent>;
const writer: BatchWriter<Agent> = {
  write: async (statements, some) => {
    await insertAgents(statements, some, links);
    return some;
  },
  landed: (statements, { guid }) => agentIsThere(statements, guid),
};

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
  const { refused, present } = await writeHalving(session, rows, writer);
  expect(present).toEqual([]);
  expect(refused.map(({ row }) => rows.indexOf(row))).toEqual([7, 30]);
  expect(refused[0]?.reason).toContain("Data too long for column 'LastName'");
  expect(await agentsNamed("Halved")).toBe(38);
});

test("rows that somebody else has written are left out, and given back as present", async () => {
  await using session = await LockedSession.open(database, { ...options, migration: "Present" });
  const rows = [agent("Present"), agent("Present"), agent("Present")];
  const left = await writeHalving(session, rows, {
    ...writer,
    write: (statements, some) =>
      writer.write(
        statements,
        some.filter((row) => row !== rows[1]),
      ),
  });
  expect(left).toEqual({ refused: [], present: [rows[1]] });
  expect(await agentsNamed("Present")).toBe(2);
});

test("it tells when the lock was free in between, so that another run may have had it", async () => {
  const name = { migration: "Times locked" };
  await using session = await LockedSession.open(database, { ...options, ...name });
  const seen: number[] = [];
  await session.transaction(async (statements) => {
    seen.push(session.timesLocked);
    if (seen.length === 1) await loseConnection(statements);
  }, never);
  expect(seen).toEqual([1, 2]);
});

/** Ends the connection of these statements, at the server. */
async function loseConnection(statements: Statements): Promise<void> {
  const [own] = await statements.query<{ id: number }>("SELECT CONNECTION_ID() AS id");
  await database.query(`KILL ${own?.id}`);
  await statements.query("SELECT 1");
}

describe("work that breaks the connection each time, though connecting works", () => {
  test("is given up when nothing could be committed for so long", async () => {
    await using session = await LockedSession.open(database, {
      ...options,
      migration: "Breaking",
      reconnectSeconds: 0.5,
    });
    const error = await session.transaction(loseConnection, never).catch((thrown: unknown) => thrown);
    expect(diagnoseSpecify(error)).toMatchObject({ pattern: "connection-lost" });
  });

  test("is halved, so that the one row that does it is named and all others go in", async () => {
    await using session = await LockedSession.open(database, { ...options, migration: "Poison" });
    const rows = Array.from({ length: 4 }, () => agent("Poisoned"));
    const { refused } = await writeHalving(session, rows, {
      ...writer,
      write: async (statements, some) => {
        if (some.some((row) => row === rows[2])) await loseConnection(statements);
        return await writer.write(statements, some);
      },
    });
    expect(refused.map(({ row }) => rows.indexOf(row))).toEqual([2]);
    expect(refused[0]?.reason).toMatch(/^the connection to the database was lost each of the 5 times/);
    expect(await agentsNamed("Poisoned")).toBe(3);
  }, 60_000);
});

describe("rows that somebody else keeps locked", () => {
  const migration = { migration: "Locked rows", mostConflicts: 1 };
  const impatient: BatchWriter<Agent> = {
    ...writer,
    write: async (statements, some) => {
      await statements.query("SET SESSION innodb_lock_wait_timeout = 0");
      return await writer.write(statements, some);
    },
  };

  test("end the run as such, and are not named as bad rows", async () => {
    const blocking = await database.dedicatedConnection();
    await blocking.beginTransaction();
    await blocking.query("SELECT 1 FROM division FOR UPDATE");
    const lines: string[] = [];
    try {
      await using session = await LockedSession.open(database, {
        ...options,
        ...migration,
        log: (line) => lines.push(line),
      });
      const writing = writeHalving(session, [agent("Locked"), agent("Locked")], impatient);
      const error = await writing.catch((thrown: unknown) => thrown);
      expect(diagnoseSpecify(error)).toMatchObject({ pattern: "rows-locked" });
      expect(lines).toEqual([expect.stringMatching(/^Another session was in the way \(Lock wait timeout/)]);
    } finally {
      await blocking.end();
    }
    expect(await agentsNamed("Locked")).toBe(0);
  });
});

describe("a server that takes what is sent and says nothing", () => {
  async function muted(stop = new AbortController()) {
    const proxy = await startTcpProxy(database.settings);
    const through = { ...database.settings, host: "127.0.0.1", port: proxy.port };
    const other = await openSpecify(through, { silenceMilliseconds: 5_000 });
    const lines: string[] = [];
    const session = await LockedSession.open(other, {
      ...options,
      migration: `Mute ${proxy.port}`,
      signal: stop.signal,
      log: (line) => {
        lines.push(line);
        proxy.allow();
      },
    });
    const close = async (): Promise<void> => {
      await session[Symbol.asyncDispose]();
      await other.close();
    };
    return { proxy, session, lines, close };
  }

  test("is given up at a deadline, and the work done again on a new connection", async () => {
    const { proxy, session, lines, close } = await muted();
    let tries = 0;
    await session.transaction(async (statements) => {
      tries += 1;
      await insertAgents(statements, [agent("Mute")], links);
      if (tries === 1) proxy.mute();
      await statements.query("SELECT 1");
    }, never);
    await close();
    expect(tries).toBeGreaterThan(1);
    expect(lines[0]).toContain("did not answer a statement for 5 s");
    expect(await agentsNamed("Mute")).toBe(1);
  }, 60_000);

  test("keeps nobody from cancelling the run", async () => {
    const stop = new AbortController();
    const { proxy, session, close } = await muted(stop);
    const work = session.transaction(async (statements) => {
      proxy.mute();
      const reading = statements.query("SELECT 1");
      stop.abort(new Error("cancelled by a person"));
      await reading;
    }, never);
    await expect(work).rejects.toThrow("cancelled by a person");
    proxy.allow();
    await close();
  }, 60_000);
});

test("when it is closed, what is still under way fails, and takes no new connection", async () => {
  const migration = "Closed";
  const session = await LockedSession.open(database, { ...options, migration });
  const work = session.transaction(async (statements) => {
    await session[Symbol.asyncDispose]();
    await statements.query("SELECT 1");
  }, never);
  await expect(work).rejects.toThrow("The connection for writing was closed");
  await using _free = await takeMigrationLock(database, migration);
});

test("names of locks fit the server, and differ for databases whose names begin alike or differ in case", () => {
  const long = "specify_of_the_university_museums_of_norway";
  const names = [`${long}_test`, `${long}_prod`, "Specify", "specify"].map((name) =>
    lockName("Migrate MUSIT Actors", name),
  );
  expect(new Set(names.map((name) => name.toLowerCase())).size).toBe(4);
  for (const name of names) expect(name.length).toBeLessThanOrEqual(56);
  expect(names[3]).toMatch(/^prefect-ts Migrate MUSIT Actors specify [0-9a-f]{12}$/);
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
