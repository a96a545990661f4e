import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openSpecify } from "../../../src/specify/database.ts";
import { lockName } from "../../../src/specify/lock-name.ts";
import { startCommitCutter } from "../../specify/support/commit-cutter.ts";
import { freshSpecify } from "../../specify/support/fresh-specify.ts";
import { startTcpProxy } from "../../support/tcp-proxy.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";
import { specifyEnvironment } from "../support/museum.ts";
import { everythingOf, structureFile, sync } from "./support/structures.ts";

/** What each test brings about in a database of its own kind of trouble, and in a calm one. */
const FILES = {
  killed: { Drept: ["Moser: botany: NHM UM UTM", "Stein: geology: NHM UM", "Fugl: bird: NHM"] },
  cut: { Kuttet: ["Alger: botany: NHM UM", "Fisk: fish: NHM"] },
  unanswered: { Ubesvart: ["Insekter: insect: NHM UM"] },
  unanswered2: { "Ubesvart 2": ["Fugl 2: bird: NHM UM"] },
  unanswered3: { "Ubesvart 3": ["Fisk 3: fish: NHM UM"] },
  cancelled: { Avbrutt: ["Muslinger: invertebrate: NHM UM"] },
  away: { Borte: ["Karplanter: botany: NHM UM", "Pattedyr: mammal: NHM"] },
  together: { Samtidig: ["Sopp: botany: NHM UM", "Lav: botany: NHM UM"] },
} as const;

const calm = await freshSpecify({ firstDiscipline: true });
const settings = await freshSpecify({ firstDiscipline: true });
const database = await openSpecify(settings);
const calmDatabase = await openSpecify(calm);
const children = new Set<ChildProcess>();
afterAll(() => Promise.all([database.close(), calmDatabase.close()]));
afterAll(() => children.forEach((child) => void child.kill("SIGKILL")));

beforeAll(async () => {
  for (const file of Object.values(FILES)) await sync(structureFile(file), calm);
});

async function expectAsUndisturbed(division: string): Promise<void> {
  expect(await everythingOf(database, division)).toEqual(await everythingOf(calmDatabase, division));
}

test("killed again and again, and started again each time, it ends as if it had never been killed", async () => {
  const file = join(await temporaryFolder(), "structure.yaml");
  await writeFile(file, JSON.stringify(structureFile(FILES.killed).config));
  let kills = 0;
  for (let ended = false; !ended; ) {
    const child = spawn(
      process.execPath,
      ["--conditions=prefect-ts-source", join(import.meta.dirname, "support", "sync-process.ts"), file],
      { env: { ...process.env, ...specifyEnvironment(settings) }, stdio: ["ignore", "pipe", "inherit"] },
    );
    children.add(child);
    const exit = once(child, "exit");
    // Kills it with one more row in, somewhere within the next: later each time, so that it is another place.
    for await (const line of createInterface({ input: child.stdout })) {
      if (!line.startsWith("Created") || kills >= 8) continue;
      setTimeout(() => child.kill("SIGKILL"), kills * 7);
      kills += 1;
      break;
    }
    child.stdout.resume();
    const [code] = (await exit) as [number | null];
    ended = code === 0;
    expect(code === 0 || child.signalCode === "SIGKILL", `it ended with ${code}`).toBe(true);
    children.delete(child);
  }
  await expectAsUndisturbed("Drept");
}, 180_000);

test("a connection that is lost again and again doubles nothing", async () => {
  const name = lockName("Sync Specify structure", settings.database);
  const losses: Promise<unknown>[] = [];
  const lines: string[] = [];
  const log = (line: string): void => {
    lines.push(line);
    if (!line.startsWith("Created") || losses.length >= 3) return;
    const kill = async () => {
      const [holder] = await database.query<{ id: number }>("SELECT IS_USED_LOCK(?) AS id", [name]);
      // It may have ended in between.
      await database.query(`KILL ${holder?.id}`).catch((error: { code?: string }) => {
        if (error.code !== "ER_NO_SUCH_THREAD") throw error;
      });
    };
    losses.push(kill());
  };
  await sync(structureFile(FILES.cut), settings, { log });
  // The last may have come when all was done.
  await Promise.allSettled(losses);
  expect(lines.some((line) => line.startsWith("The connection to Specify's database was lost"))).toBe(true);
  await expectAsUndisturbed("Kuttet");
});

test.each([
  ["division", 1, FILES.unanswered],
  ["discipline", 2, FILES.unanswered2],
  ["collection", 3, FILES.unanswered3],
])("a commit that is not answered, of a %s, doubles nothing", async (_row, nth, file) => {
  const cutter = await startCommitCutter(settings, nth);
  const lines: string[] = [];
  const log = (line: string) => void lines.push(line);
  await sync(structureFile(file), { ...settings, host: "127.0.0.1", port: cutter.port }, { log });
  expect(
    lines.filter((line) => line.startsWith("The connection to Specify's database was lost")),
  ).toHaveLength(1);
  for (const division of Object.keys(file)) await expectAsUndisturbed(division);
});

test("cancelled, it stops between two rows; the next run does the rest", async () => {
  const stop = new AbortController();
  const log = (line: string): void => {
    if (line.startsWith("Created discipline")) stop.abort(new Error("cancelled by a person"));
  };
  const file = structureFile(FILES.cancelled);
  await expect(sync(file, settings, { log, signal: stop.signal })).rejects.toThrow("cancelled by a person");
  const { written } = await sync(file, settings);
  expect(written.created.map(({ name }) => name)).toEqual(["Muslinger / NHM", "Muslinger / UM"]);
  await expectAsUndisturbed("Avbrutt");
});

test("with another run that does all the rest while it is away from the database, it doubles nothing", async () => {
  const file = structureFile(FILES.away);
  const proxy = await startTcpProxy(settings);
  const lines: string[] = [];
  let other: ReturnType<typeof sync> | undefined;
  const log = (line: string): void => {
    lines.push(line);
    if (line.startsWith("Created discipline") && !other) {
      proxy.refuse();
      other = sync(file, settings).finally(() => proxy.allow());
    }
  };
  const { written } = await sync(file, { ...settings, host: "127.0.0.1", port: proxy.port }, { log });
  const rest = (await other)?.written;
  expect(
    lines.filter((line) => /^Found .*: somebody else has created it meanwhile$/.test(line)),
  ).toHaveLength(4);
  // Each says what it has done itself.
  expect(written.created.map(({ name }) => name)).toEqual(["Borte", "Borte / Karplanter"]);
  expect(rest?.skipped).toEqual(written.created);
  expect(written.skipped).toEqual(rest?.created);
  await expectAsUndisturbed("Borte");
}, 60_000);

test("two at once end as one: the second is refused, or finds that all is there", async () => {
  const file = structureFile(FILES.together);
  const both = await Promise.allSettled([sync(file, settings), sync(file, settings)]);
  expect(both.filter(({ status }) => status === "fulfilled").length).toBeGreaterThan(0);
  for (const one of both) {
    if (one.status === "rejected")
      expect(String(one.reason)).toContain('Another run of "Sync Specify structure"');
  }
  await expectAsUndisturbed("Samtidig");
});
