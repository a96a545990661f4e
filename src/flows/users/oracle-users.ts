import type { OracleSession } from "../../oracle/session.ts";
import type { OracleRow } from "../../oracle/values.ts";
import type { SourceTables } from "../source-tables.ts";

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

/** What is read. */
export const USER_TABLES = {
  "USD_METADATA.GRUPPE": ["GRUPPEID", "NAVN", "MUSEUM", "FORKLARING"],
  "USD_METADATA.BRUKERNAVN_GRUPPE": ["BRUKERNAVN", "GRUPPEID", "DEFAULTGRUPPE"],
  "USD_METADATA.BRUKARAR": [
    "USR",
    "NAMN",
    "EPOST",
    "TELEFON",
    "INSTITUSJON",
    "FEIDE",
    "FEIDE_EPOST",
    "ADRESSE",
    "ADM",
    "OPPRETTA",
  ],
} as const satisfies SourceTables;

/** What an operator can do where one of them is missing. */
export const USER_TABLES_ADVICE =
  "Ask the Oracle administrator for SELECT on the tables GRUPPE, BRUKERNAVN_GRUPPE and BRUKARAR of USD_METADATA.";

const DEFAULT_FLAGS = ["J", "Y", "1", "TRUE"];

/** Reads users, groups and who is in which from USD_METADATA. */
export async function readOracleUsers(session: OracleSession): Promise<OracleUsers> {
  const groups = new Map<string, OracleGroup>();
  for await (const row of rowsOf(session, "USD_METADATA.GRUPPE", "GRUPPEID")) {
    const name = text(row, "NAVN") ?? `(group ${row.GRUPPEID})`;
    groups.set(String(row.GRUPPEID), {
      name,
      museum: text(row, "MUSEUM"),
      members: new Set(),
      defaultOf: new Set(),
    });
  }
  for await (const row of rowsOf(session, "USD_METADATA.BRUKERNAVN_GRUPPE")) {
    const member = text(row, "BRUKERNAVN");
    const group = groups.get(String(row.GRUPPEID));
    if (member === null || group === undefined) continue;
    group.members.add(member);
    if (DEFAULT_FLAGS.includes(text(row, "DEFAULTGRUPPE")?.toUpperCase() ?? "")) group.defaultOf.add(member);
  }
  const users: OracleUser[] = [];
  for await (const row of rowsOf(session, "USD_METADATA.BRUKARAR", "USR")) {
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

async function* rowsOf(
  session: OracleSession,
  table: keyof typeof USER_TABLES,
  order?: string,
): AsyncGenerator<OracleRow> {
  const sql = `SELECT ${USER_TABLES[table].join(", ")} FROM ${table}${order === undefined ? "" : ` ORDER BY ${order}`}`;
  for await (const batch of session.stream(sql, { doing: `reading ${table}` })) yield* batch;
}

function text(row: OracleRow, column: string): string | null {
  const value = row[column];
  return value === null || value === undefined ? null : String(value).trim() || null;
}
