import type { DatabaseSync } from "node:sqlite";
import type { Catalog } from "./catalog.ts";
import type { BindValues, Cursor } from "./cursors.ts";
import { DictionaryTables } from "./dictionary/fill.ts";
import { OracleError } from "./errors.ts";
import type { RawValue } from "./execute.ts";
import { GrantedCatalog } from "./granted-catalog.ts";
import type { ServerState } from "./server.ts";
import { registerFunctions } from "./sql/functions.ts";
import { Transaction } from "./transaction.ts";
import { zoneMinutes } from "./values/date.ts";
import { decodeBind } from "./values/decode.ts";
import { LobStore } from "./values/lob.ts";
import { storeValue } from "./values/store.ts";

const TIME_ZONE = /TIME_ZONE\s*=\s*'([^']+)'/i;

/** Who is logged in, and what the login said. */
export interface SessionInfo {
  id: number;
  user: string;
  service: string;
  /** What it may read; undefined: everything. */
  grants: readonly string[] | undefined;
  pairs: ReadonlyMap<string, string>;
}

/** What belongs to one session: its connection to the data, cursors, LOBs, transaction and current schema. */
export class SessionData {
  readonly server: ServerState;
  /** The tables and views that this session may read. */
  readonly catalog: Catalog;
  readonly connection: DatabaseSync;
  readonly lobs = new LobStore();
  readonly cursors = new Map<number, Cursor>();
  readonly dictionary: DictionaryTables;
  schema: string;
  readonly #transaction: Transaction;
  readonly #zone: number;

  constructor(server: ServerState, info: SessionInfo) {
    const { catalog: whole } = server.database;
    const catalog = info.grants === undefined ? whole : new GrantedCatalog(whole, info.user, info.grants);
    this.server = server;
    this.catalog = catalog;
    this.schema = info.user;
    this.connection = server.database.open();
    this.#transaction = new Transaction(this.connection, server.database.lock);
    this.#zone = zoneMinutes(TIME_ZONE.exec(info.pairs.get("AUTH_ALTER_SESSION") ?? "")?.[1] ?? "");
    this.dictionary = new DictionaryTables(this.connection, catalog, info.user, server.version);
    registerFunctions(this.connection, {
      user: info.user,
      service: info.service,
      sessionId: info.id,
      zone: this.#zone,
      schema: () => this.schema,
      store: (name, columnName, value) => {
        const dot = name.indexOf(".");
        const table = catalog.table(name.slice(0, dot), name.slice(dot + 1));
        const column = table?.columns.find((one) => one.name === columnName);
        return table && column ? storeValue(table, column, value) : value;
      },
    });
  }

  get inTransaction(): boolean {
    return this.#transaction.open;
  }

  /** Begins a transaction unless one is open; waits until no other session writes. */
  async begin(signal: AbortSignal): Promise<void> {
    await this.#transaction.begin(signal, () => this.#settle());
  }

  commit(): void {
    this.#transaction.commit();
  }

  rollback(): void {
    if (!this.inTransaction) return;
    this.#settle();
    this.#transaction.rollback();
    this.dictionary.forget();
  }

  /** Finds a cursor. Throws ORA-01001. */
  cursor(id: number): Cursor {
    const cursor = this.cursors.get(id);
    if (!cursor) throw new OracleError(1001, "invalid cursor");
    return cursor;
  }

  /** One row of bind values, as SQLite gets them. */
  values(cursor: Cursor, row: readonly RawValue[]): BindValues {
    const values: BindValues = {};
    for (const [index, type] of cursor.binds.entries()) {
      const value = decodeBind(type, row[index] ?? null, this.lobs, this.#zone);
      values[`b${index + 1}`] = value === "" ? null : value;
    }
    return values;
  }

  close(): void {
    for (const cursor of this.cursors.values()) cursor.close();
    this.#transaction.rollback();
    this.connection.close();
  }

  #settle(): void {
    for (const cursor of this.cursors.values()) cursor.settle();
  }
}
