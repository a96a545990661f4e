import type { OracleSession } from "../../oracle/session.ts";
import type { OracleRow } from "../../oracle/values.ts";

/** A row of USD_METADATA.BRUKARAR, trimmed; blank is null. */
export interface OracleUser {
  /** USR; empty when the row has none. */
  userName: string;
  name: string | null;
  email: string | null;
  feide: string | null;
  institution: string | null;
  admin: string | null;
}

/** A group with the museum it belongs to, and who is in it. */
export interface OracleGroup {
  name: string;
  museum: string | null;
  /** User names, trimmed. */
  members: Set<string>;
  /** Members whose default group it is. */
  defaultOf: Set<string>;
}

/** All that Migrate Users reads. */
export interface OracleUsers {
  users: OracleUser[];
  groups: OracleGroup[];
}

const DEFAULT_FLAGS = ["J", "Y", "1", "TRUE"];

/** Reads users, groups and who is in which from USD_METADATA. */
export async function readOracleUsers(session: OracleSession): Promise<OracleUsers> {
  const groups = new Map<string, OracleGroup>();
  const groupRows = session.stream(
    "SELECT GRUPPEID, NAVN, MUSEUM, FORKLARING FROM USD_METADATA.GRUPPE ORDER BY GRUPPEID",
    {
      doing: "reading USD_METADATA.GRUPPE",
    },
  );
  for await (const row of rowsOf(groupRows)) {
    const name = text(row, "NAVN") ?? `(group ${row.GRUPPEID})`;
    groups.set(String(row.GRUPPEID), {
      name,
      museum: text(row, "MUSEUM"),
      members: new Set(),
      defaultOf: new Set(),
    });
  }
  const memberRows = session.stream(
    "SELECT BRUKERNAVN, GRUPPEID, DEFAULTGRUPPE FROM USD_METADATA.BRUKERNAVN_GRUPPE",
    {
      doing: "reading USD_METADATA.BRUKERNAVN_GRUPPE",
    },
  );
  for await (const row of rowsOf(memberRows)) {
    const member = text(row, "BRUKERNAVN");
    const group = groups.get(String(row.GRUPPEID));
    if (member === null || group === undefined) continue;
    group.members.add(member);
    if (DEFAULT_FLAGS.includes(text(row, "DEFAULTGRUPPE")?.toUpperCase() ?? "")) group.defaultOf.add(member);
  }
  const users: OracleUser[] = [];
  const userRows = session.stream(
    `SELECT USR, NAMN, EPOST, TELEFON, INSTITUSJON, FEIDE, FEIDE_EPOST, ADRESSE, ADM, OPPRETTA
       FROM USD_METADATA.BRUKARAR
      ORDER BY USR`,
    { doing: "reading USD_METADATA.BRUKARAR" },
  );
  for await (const row of rowsOf(userRows)) {
    users.push({
      userName: text(row, "USR") ?? "",
      name: text(row, "NAMN"),
      email: text(row, "FEIDE_EPOST") ?? text(row, "EPOST"),
      feide: text(row, "FEIDE"),
      institution: text(row, "INSTITUSJON"),
      admin: text(row, "ADM"),
    });
  }
  return { users, groups: [...groups.values()] };
}

async function* rowsOf(batches: AsyncIterable<OracleRow[]>): AsyncGenerator<OracleRow> {
  for await (const batch of batches) yield* batch;
}

function text(row: OracleRow, column: string): string | null {
  const value = row[column];
  return value === null || value === undefined ? null : String(value).trim() || null;
}
