import { type ExactDate, exactDateSql, parseExactDate } from "../../oracle/dates.ts";
import { readByKey } from "../../oracle/keyed-read.ts";
import type { OraclePool } from "../../oracle/pool.ts";
import type { OracleRow, OracleValue } from "../../oracle/values.ts";
import type { MusitSchema } from "./schemas.ts";

/** A row of ACTOR with the name that holds for it. Texts are trimmed; blank is null. */
export interface OracleActor {
  /** As text where it has more digits than a number holds. */
  id: number | string;
  type: number | string | null;
  actorName: string | null;
  birth: ExactDate | null;
  death: ExactDate | null;
  email: string | null;
  institution: string | null;
  note: string | null;
  givenName: string | null;
  surname: string | null;
  middleName: string | null;
  title: string | null;
}

/** The columns that are read, by table. */
export const SOURCE_COLUMNS = {
  ACTOR: [
    "ACTOR_ID",
    "ACTOR_TYPE",
    "ACTORNAME",
    "BIRTHDATE",
    "DEATHDATE",
    "EMAIL_ADDRESS",
    "INSTITUTION",
    "NOTE",
    "VALID_PERSON_NAME_ID",
  ],
  PERSON_NAME: [
    "PERSON_NAME_ID",
    "ACTOR_ID",
    "PERSON_GIVEN_NAME",
    "PERSON_SURNAME",
    "PERSON_MIDDLE_NAME",
    "TITLE",
  ],
} as const;

/** They are short. */
const KEYS_A_BATCH = 5_000;
const NAME_COLUMNS = ["PERSON_GIVEN_NAME", "PERSON_SURNAME", "PERSON_MIDDLE_NAME", "TITLE"];

/** The name that an actor's VALID_PERSON_NAME_ID points to, and where it points nowhere the first of the actor's own. */
function actorSql(schema: MusitSchema): string {
  const names = NAME_COLUMNS.map((column) => `NVL2(V.PERSON_NAME_ID, V.${column}, F.${column}) AS ${column}`);
  return `SELECT A.ACTOR_ID, A.ACTOR_TYPE, A.ACTORNAME,
       ${exactDateSql("A.BIRTHDATE")} AS BIRTHDATE, ${exactDateSql("A.DEATHDATE")} AS DEATHDATE,
       A.EMAIL_ADDRESS, A.INSTITUTION, A.NOTE, ${names.join(", ")}
  FROM ${schema}.ACTOR A
  LEFT JOIN ${schema}.PERSON_NAME V ON V.PERSON_NAME_ID = A.VALID_PERSON_NAME_ID
  LEFT JOIN (SELECT ACTOR_ID, MIN(PERSON_NAME_ID) AS PERSON_NAME_ID FROM ${schema}.PERSON_NAME GROUP BY ACTOR_ID) M
    ON M.ACTOR_ID = A.ACTOR_ID AND V.PERSON_NAME_ID IS NULL
  LEFT JOIN ${schema}.PERSON_NAME F ON F.PERSON_NAME_ID = M.PERSON_NAME_ID`;
}

/** Which actors are read, by ACTOR_ID; all that are not excluded. */
export interface ActorRange {
  /** Only those behind this one. */
  after?: number | string;
  /** None behind this one. */
  upTo?: number | string;
}

/**
 * Reads the actors of a schema in the order of ACTOR_ID, batch by batch; goes on where it was after a lost connection.
 * @throws the driver's errors
 */
export async function* readActors(
  pool: OraclePool,
  schema: MusitSchema,
  { after, upTo }: ActorRange = {},
): AsyncGenerator<OracleActor[]> {
  const sql = actorSql(schema);
  const batches = readByKey(pool, {
    ...(upTo === undefined ? { sql } : { sql: `${sql} WHERE A.ACTOR_ID <= :up_to`, binds: [upTo] }),
    ...(after === undefined ? {} : { after }),
    key: "ACTOR_ID",
    doing: `reading ${schema}.ACTOR`,
  });
  for await (const batch of batches) yield batch.map(actorOf);
}

/** The same, of each actor only what says which one it is. */
export async function* readActorKeys(
  pool: OraclePool,
  schema: MusitSchema,
): AsyncGenerator<Pick<OracleActor, "id" | "type">[]> {
  const batches = readByKey(pool, {
    sql: `SELECT ACTOR_ID, ACTOR_TYPE FROM ${schema}.ACTOR`,
    key: "ACTOR_ID",
    batchSize: KEYS_A_BATCH,
    doing: `reading the keys of ${schema}.ACTOR`,
  });
  for await (const batch of batches) {
    yield batch.map((row) => ({
      id: row.ACTOR_ID as number | string,
      type: row.ACTOR_TYPE as number | string | null,
    }));
  }
}

/** How many actors a schema has. */
export async function countActors(pool: OraclePool, schema: MusitSchema): Promise<number> {
  await using lease = await pool.lease();
  const [row] = await lease.session.query(
    `SELECT COUNT(*) AS N FROM ${schema}.ACTOR`,
    [],
    `counting ${schema}.ACTOR`,
  );
  return Number(row?.N ?? 0);
}

function actorOf(row: OracleRow): OracleActor {
  return {
    id: row.ACTOR_ID as number | string,
    type: row.ACTOR_TYPE as number | string | null,
    actorName: text(row.ACTORNAME),
    birth: parseExactDate(row.BIRTHDATE),
    death: parseExactDate(row.DEATHDATE),
    email: text(row.EMAIL_ADDRESS),
    institution: text(row.INSTITUTION),
    note: text(row.NOTE),
    givenName: text(row.PERSON_GIVEN_NAME),
    surname: text(row.PERSON_SURNAME),
    middleName: text(row.PERSON_MIDDLE_NAME),
    title: text(row.TITLE),
  };
}

function text(value: OracleValue | undefined): string | null {
  return value === null || value === undefined ? null : String(value).trim() || null;
}
