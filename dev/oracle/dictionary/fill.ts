import type { DatabaseSync } from "node:sqlite";
import type { Catalog } from "../catalog.ts";
import { quoted } from "../database.ts";
import { DICTIONARY_ROWS } from "./rows.ts";
import { dictionaryView } from "./views.ts";

/**
 * The dictionary views of one session, as temporary tables of its connection. They are filled when a statement
 * first names them, and again when the catalog has changed since.
 */
export class DictionaryTables {
  readonly #connection: DatabaseSync;
  readonly #catalog: Catalog;
  readonly #owner: string;
  readonly #version: string;
  readonly #filled = new Map<string, number>();

  constructor(connection: DatabaseSync, catalog: Catalog, owner: string, version: string) {
    this.#connection = connection;
    this.#catalog = catalog;
    this.#owner = owner;
    this.#version = version;
  }

  /** Makes sure that the views hold what the catalog says now. */
  fill(names: Iterable<string>): void {
    for (const name of names) {
      if (this.#filled.get(name) === this.#catalog.version) continue;
      this.#fillOne(name);
      this.#filled.set(name, this.#catalog.version);
    }
  }

  /** Forgets what was filled: a rollback takes back temporary tables too. */
  forget(): void {
    this.#filled.clear();
  }

  #fillOne(name: string): void {
    const view = dictionaryView(name);
    const isOwn = name.startsWith("USER_");
    const source = DICTIONARY_ROWS[isOwn ? `ALL${name.slice(4)}` : name];
    if (!view || !source) return;
    const table = `temp.${quoted(name)}`;
    const columns = view.columns.map((column) => column.name);
    this.#connection.exec(
      `CREATE TEMP TABLE IF NOT EXISTS ${quoted(name)} (${columns.map(quoted).join(", ")})`,
    );
    this.#connection.exec(`DELETE FROM ${table}`);
    const insert = this.#connection.prepare(
      `INSERT INTO ${table} VALUES (${columns.map(() => "?").join(", ")})`,
    );
    this.#connection.exec("SAVEPOINT dictionary");
    for (const row of source(this.#catalog, this.#version)) {
      if (isOwn && row.OWNER !== this.#owner) continue;
      insert.run(...columns.map((column) => row[column] ?? null));
    }
    this.#connection.exec("RELEASE dictionary");
  }
}
