import { afterAll, afterEach, expect, test } from "vitest";
import { loadActors } from "../../../src/flows/actors/load.ts";
import { OraclePool } from "../../../src/oracle/pool.ts";
import { readOracleSettings } from "../../../src/oracle/settings.ts";
import { openSpecify } from "../../../src/specify/database.ts";
import { takeMigrationLock } from "../../../src/specify/lock.ts";
import { freshSpecify } from "../../specify/support/fresh-specify.ts";
import { waitFor } from "../../support/wait-for.ts";
import { migratedAgents, removeMigratedAgents, startActors } from "../support/actors.ts";
import { oracleEnvironment } from "../support/museum.ts";

const BOTANY = "MUSIT_BOTANIKK_FELLES";
/** More than Oracle gives at once, and more than one transaction takes. */
const ALL = 3_500;
const oracle = await startActors({ botany: ALL, entomology: 0 });
const settings = await freshSpecify();
const specify = await openSpecify(settings);
afterAll(() => specify.close());
afterEach(async () => {
  oracle.faults.clear();
  await removeMigratedAgents(specify);
});

/** A load, with all that it says, and how many actors it said were created. With `batchRows` it is cancelled after the first batch. */
function load({ batchRows }: { batchRows?: number } = {}) {
  const stop = new AbortController();
  const { signal } = stop;
  const lines: string[] = [];
  const warnings: string[] = [];
  const seen = { created: 0 };
  const ended = (async () => {
    await using pool = new OraclePool(readOracleSettings("PROD", oracleEnvironment(oracle)), { signal });
    return await loadActors(pool, batchRows === undefined ? settings : { ...settings, batchRows }, {
      schemas: [BOTANY],
      dryRun: false,
      holder: "a test",
      signal,
      log: (line) => lines.push(line),
      warn: (line) => warnings.push(line),
      onProgress: ({ created }) => {
        seen.created = created;
        if (batchRows !== undefined) stop.abort(new Error("cancelled by a person"));
      },
    });
  })();
  ended.catch(() => undefined);
  return { ended, lines, warnings, seen };
}

/** Keeps every insert of an agent waiting, until it is disposed of. */
async function blockAgents(): Promise<AsyncDisposable> {
  const connection = await specify.dedicatedConnection();
  await connection.beginTransaction();
  await connection.query("SELECT 1 FROM division FOR UPDATE");
  return { [Symbol.asyncDispose]: () => connection.end() };
}

async function someoneWaits(): Promise<boolean> {
  const [row] = await specify.query<{ n: number }>(
    `SELECT COUNT(*) AS n FROM information_schema.INNODB_TRX t
       JOIN information_schema.PROCESSLIST p ON p.ID = t.trx_mysql_thread_id
      WHERE t.trx_state = 'LOCK WAIT' AND p.DB = ?`,
    [settings.database],
  );
  return (row?.n ?? 0) > 0;
}

test("when Oracle fails while a batch is being written, nothing writes on when the load has ended", async () => {
  oracle.faults.set({ failFetch: { code: 942, afterRows: 3_200 }, times: 1 });
  const { ended, seen } = load();
  {
    await using _blocked = await blockAgents();
    await waitFor(() => oracle.faults.current.failFetch === undefined, { what: "Oracle has failed" });
    await waitFor(someoneWaits, { what: "a batch is being written" });
  }
  await expect(ended).rejects.toThrow("ORA-00942");
  expect(seen.created).toBe(2_500);
  expect(await migratedAgents(specify)).toHaveLength(2_500);
  await using _lock = await takeMigrationLock(specify, "Migrate MUSIT Actors");
}, 60_000);

test("what is cut and what is refused is told as it happens, also by a run that does not come to its end", async () => {
  await specify.query("ALTER TABLE agent ADD CONSTRAINT no_lie CHECK (LastName <> 'Lie')");
  try {
    const { ended, lines, warnings } = load({ batchRows: 300 });
    await expect(ended).rejects.toThrow("cancelled by a person");
    expect(lines).toContain(
      `${BOTANY}.ACTOR_ID=43: oracle_note in agent.Remarks had 2999 characters, cut to 500`,
    );
    expect(warnings[0]).toMatch(/^Error migrating MUSIT_BOTANIKK_FELLES\.ACTOR_ID=\d+: CONSTRAINT `no_lie`/);
  } finally {
    await specify.query("ALTER TABLE agent DROP CONSTRAINT no_lie");
  }
  const again = load();
  await again.ended;
  expect(again.lines[0]).toMatch(
    /: \d+ agents have come from here before\. They are skipped; what was cut short in them stands in the log/,
  );
}, 60_000);

test("each truncation is told, in the words of the report", async () => {
  const { ended, lines, warnings } = load();
  const { truncations, created } = await ended;
  const { total, named } = truncations.truncations();
  expect(created).toBe(ALL);
  expect(total).toBe(named.length);
  expect(lines.filter((line) => line.startsWith(`${BOTANY}.ACTOR_ID=`))).toEqual(named);
  expect(warnings).toEqual([]);
});
