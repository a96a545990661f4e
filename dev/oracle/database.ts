import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { Catalog, type CatalogSchema, type Table } from "./catalog.ts";
import { OracleError } from "./errors.ts";
import { storeValue } from "./values/store.ts";
import { WriteLock } from "./write-lock.ts";

const BATCH = 5000;

/** One row to load: values in the order of the columns, or by column name. */
export type LoadRow = readonly unknown[] | Readonly<Record<string, unknown>>;

/**
 * The data behind the server: a catalog of Oracle types and one SQLite file, in which the table `OWNER.NAME`
 * is a table of that name. Without a path the file is a temporary one, removed by `close`.
 */
export class Database {
  readonly catalog = new Catalog();
  readonly lock = new WriteLock();
  readonly #folder: string | undefined;
  readonly #path: string;
  readonly #own: DatabaseSync;

  constructor(schemas: readonly CatalogSchema[], path?: string) {
    this.#folder = path === undefined ? mkdtempSync(join(tmpdir(), "prefect-ts-oracle-")) : undefined;
    this.#path = path ?? join(this.#folder ?? "", "oracle.db");
    this.#own = this.open();
    this.#own.exec("PRAGMA journal_mode = WAL");
    this.#own.exec("BEGIN");
    for (const schema of schemas) {
      this.catalog.owners.add(schema.owner);
      for (const table of schema.tables)
        this.createTable(this.#own, this.catalog.addTable(schema.owner, table));
      for (const view of schema.views ?? []) this.catalog.addView(schema.owner, view);
    }
    this.#own.exec("COMMIT");
  }

  /** A connection of its own for a session, so that the transactions of sessions do not mix. */
  open(): DatabaseSync {
    const database = new DatabaseSync(this.#path, { timeout: 0, enableForeignKeyConstraints: false });
    database.exec("PRAGMA synchronous = OFF; PRAGMA temp_store = MEMORY; PRAGMA case_sensitive_like = ON");
    return database;
  }

  /** Creates the SQLite table of a table of the catalog. */
  createTable(database: DatabaseSync, table: Table): void {
    // As an account sees a table none of whose columns it may know: it is only in the dictionary.
    if (table.columns.length === 0) return;
    const lines = table.columns.map((column) => {
      const affinity = column.oracle.wire === 2 ? "NUMERIC" : column.oracle.form !== 0 ? "TEXT" : "BLOB";
      return `${quoted(column.name)} ${affinity}${column.nullable ? "" : " NOT NULL"}`;
    });
    const keys = [...(table.primaryKey ? [table.primaryKey] : []), ...table.uniqueKeys];
    for (const key of keys) lines.push(`UNIQUE (${key.columns.map(quoted).join(", ")})`);
    database.exec(`CREATE TABLE IF NOT EXISTS ${tableName(table)} (${lines.join(", ")})`);
  }

  /**
   * Loads rows into a table, in batches, and returns how many. Dates may be given as texts
   * (`2024-01-31 12:00:00`) or Date objects (local time), long numbers as texts or bigints.
   */
  async load(owner: string, name: string, rows: Iterable<LoadRow> | AsyncIterable<LoadRow>): Promise<number> {
    const table = this.catalog.table(owner, name);
    if (!table) throw new OracleError(942, `table or view does not exist: ${owner}.${name}`);
    const release = await this.lock.acquire();
    const insert = this.#own.prepare(
      `INSERT INTO ${tableName(table)} VALUES (${table.columns.map(() => "?").join(", ")})`,
    );
    let count = 0;
    this.#own.exec("BEGIN IMMEDIATE");
    try {
      for await (const row of batched(rows)) {
        for (const one of row)
          insert.run(
            ...table.columns.map((column, i) => storeValue(table, column, field(one, i, column.name))),
          );
        count += row.length;
      }
      this.#own.exec("COMMIT");
      return count;
    } catch (error) {
      this.#own.exec("ROLLBACK");
      throw error;
    } finally {
      release();
    }
  }

  close(): void {
    this.#own.close();
    if (this.#folder !== undefined) rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** The name of a table's SQLite table, quoted. */
export function tableName(table: { owner: string; name: string }): string {
  return quoted(`${table.owner}.${table.name}`);
}

/** A name in double quotes. */
export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

function field(row: LoadRow, index: number, name: string): unknown {
  return Array.isArray(row) ? row[index] : (row as Readonly<Record<string, unknown>>)[name];
}

/** Rows in batches, with a pause after each, so that sessions are answered during a long load. */
async function* batched(rows: Iterable<LoadRow> | AsyncIterable<LoadRow>): AsyncGenerator<LoadRow[]> {
  let batch: LoadRow[] = [];
  if (Symbol.iterator in rows) {
    for (const row of rows) {
      batch.push(row);
      if (batch.length < BATCH) continue;
      yield batch;
      batch = [];
      await new Promise((resolve) => setImmediate(resolve));
    }
  } else {
    for await (const row of rows) {
      batch.push(row);
      if (batch.length < BATCH) continue;
      yield batch;
      batch = [];
    }
  }
  yield batch;
}
