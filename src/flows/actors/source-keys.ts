import type { OraclePool } from "../../oracle/pool.ts";
import type { OracleSession } from "../../oracle/session.ts";
import type { MusitSchema } from "./schemas.ts";

/** How many doubled keys of a table are named. */
const NAMED = 5;

/**
 * Checks that ACTOR_ID and PERSON_NAME_ID tell the rows of their tables apart: where they do not, an actor would come twice or
 * never. Asks the dictionary first: where they are primary keys, no row is looked at.
 * @throws Error that names the rows
 */
export async function refuseDoubledKeys(pool: OraclePool, schemas: readonly MusitSchema[]): Promise<void> {
  await using lease = await pool.lease();
  const faults: (string | undefined)[] = [];
  for (const schema of schemas) {
    const actors = await keyFaults(lease.session, schema, "ACTOR", "ACTOR_ID");
    const names = await keyFaults(lease.session, schema, "PERSON_NAME", "PERSON_NAME_ID");
    // A name without number is no actor's: it does not matter.
    faults.push(actors.without, actors.doubled, names.doubled);
  }
  const found = faults.filter((line) => line !== undefined);
  if (found.length === 0) return;
  throw new Error(
    `Oracle ${pool.settings.environment} has rows that its keys do not tell apart: ${found.join("; ")}. Nothing was written. ` +
      "Have these rows corrected by whoever keeps the schema (a primary key would refuse them), or leave the schema out of musit_schemas.",
  );
}

/** Lines about rows that a key does not tell apart. */
interface KeyFaults {
  without?: string;
  doubled?: string;
}

async function keyFaults(
  session: OracleSession,
  schema: MusitSchema,
  table: string,
  key: string,
): Promise<KeyFaults> {
  const name = `${schema}.${table}`;
  if (await isPrimaryKey(session, schema, table, key)) return {};
  const [counts] = await session.query(
    `SELECT COUNT(*) AS ALL_ROWS, COUNT(${key}) AS WITH_KEY, COUNT(DISTINCT ${key}) AS DIFFERENT FROM ${name}`,
    [],
    `counting the keys of ${name}`,
  );
  const all = Number(counts?.ALL_ROWS ?? 0);
  const withKey = Number(counts?.WITH_KEY ?? 0);
  const faults: KeyFaults = {};
  if (all !== withKey) faults.without = `${name} has ${all - withKey} rows without ${key}`;
  if (withKey !== Number(counts?.DIFFERENT ?? 0)) {
    const doubled = await session.query(
      `SELECT DOUBLED FROM (SELECT ${key} AS DOUBLED FROM ${name} WHERE ${key} IS NOT NULL
        GROUP BY ${key} HAVING COUNT(*) > 1 ORDER BY ${key}) WHERE ROWNUM <= ${NAMED + 1}`,
      [],
      `looking for the doubled keys of ${name}`,
    );
    const keys = doubled.map(({ DOUBLED }) => String(DOUBLED));
    const named = `${keys.slice(0, NAMED).join(", ")}${keys.length > NAMED ? " and others" : ""}`;
    faults.doubled = `${name} has several rows with one ${key} (${named})`;
  }
  return faults;
}

async function isPrimaryKey(
  session: OracleSession,
  owner: string,
  table: string,
  column: string,
): Promise<boolean> {
  const rows = await session.query(
    `SELECT K.COLUMN_NAME FROM ALL_CONSTRAINTS C
       JOIN ALL_CONS_COLUMNS K ON K.OWNER = C.OWNER AND K.CONSTRAINT_NAME = C.CONSTRAINT_NAME
      WHERE C.OWNER = :1 AND C.TABLE_NAME = :2 AND C.CONSTRAINT_TYPE = 'P'
        AND C.STATUS = 'ENABLED' AND C.VALIDATED = 'VALIDATED'`,
    [owner, table],
    `looking for the primary key of ${owner}.${table}`,
  );
  return rows.length === 1 && rows[0]?.COLUMN_NAME === column;
}
