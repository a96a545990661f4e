import type { Connection } from "mariadb";
import schema from "./schema.json" with { type: "json" };

/** A table as `schema.json` has it: column definitions are MariaDB's own. */
interface Table {
  readonly primaryKey: readonly string[];
  readonly columns: Readonly<Record<string, string>>;
  readonly unique?: Readonly<Record<string, readonly string[]>>;
  readonly indexes?: Readonly<Record<string, readonly string[]>>;
  /** Column, table referred to, column there. */
  readonly foreignKeys?: Readonly<Record<string, readonly string[]>>;
}

const TABLES: Readonly<Record<string, Table>> = schema;

/**
 * Creates the Specify 7 tables that the migration touches (62 of 228, as of Specify 7.12) in the database that the
 * connection uses. Foreign keys to the other tables are left out; all others hold.
 */
export async function createSpecifyTables(connection: Connection): Promise<void> {
  // The tables refer to each other in circles: no order would do.
  await connection.query("SET SESSION foreign_key_checks = 0");
  for (const [name, table] of Object.entries(TABLES)) await connection.query(createTable(name, table));
  await connection.query("SET SESSION foreign_key_checks = 1");
}

function createTable(name: string, table: Table): string {
  const parts = [
    ...Object.entries(table.columns).map(([column, definition]) => `${quoted(column)} ${definition}`),
    `PRIMARY KEY (${list(table.primaryKey)})`,
    ...Object.entries(table.unique ?? {}).map(
      ([key, columns]) => `UNIQUE KEY ${quoted(key)} (${list(columns)})`,
    ),
    ...Object.entries(table.indexes ?? {}).map(([key, columns]) => `KEY ${quoted(key)} (${list(columns)})`),
    ...Object.entries(table.foreignKeys ?? {}).map(([key, [column = "", other = "", target = ""]]) => {
      return `CONSTRAINT ${quoted(key)} FOREIGN KEY (${quoted(column)}) REFERENCES ${quoted(other)} (${quoted(target)})`;
    }),
  ];
  return `CREATE TABLE ${quoted(name)} (\n  ${parts.join(",\n  ")}\n) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci`;
}

function list(names: readonly string[]): string {
  return names.map(quoted).join(", ");
}

function quoted(name: string): string {
  return `\`${name.replaceAll("`", "``")}\``;
}
