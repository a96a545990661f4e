import type { Statements } from "../database.ts";

/** A table to copy rows of. */
interface Table {
  name: string;
  primaryKey: string;
}

/** Rows that belong to a discipline or a collection, as a query of their numbers with the owner as its one value. */
interface OwnedRows extends Table {
  ids: string;
}

/** Copies rows from one owner to another within the database, with the columns that this very database has. */
export class RowCopier {
  readonly #statements: Statements;
  readonly #columns = new Map<string, Promise<string[]>>();

  constructor(statements: Statements) {
    this.#statements = statements;
  }

  /** Copies the rows whose column `owner` is `from`; there it will say `to`. */
  async copyOwned(table: Table, owner: string, from: number, to: number): Promise<void> {
    const { columns, values } = await this.#columnsOf(table, owner);
    await this.#statements.query(
      `INSERT INTO ${table.name} (${columns.join(", ")}, ${owner})
       SELECT ${values.join(", ")}, ? FROM ${table.name} t WHERE t.${owner} = ? ORDER BY t.${table.primaryKey}`,
      [to, from],
    );
  }

  /**
   * Copies the rows that refer to rows of `from`; the copies refer to the copies of these. Copying keeps the order, so that the
   * n-th row of one owner is the n-th of the other.
   */
  async copyReferring(
    table: Table,
    reference: string,
    referred: OwnedRows,
    from: number,
    to: number,
  ): Promise<void> {
    const { columns, values } = await this.#columnsOf(table, reference);
    const numbered = `SELECT id, ROW_NUMBER() OVER (ORDER BY id) AS n FROM (${referred.ids}) ids`;
    await this.#statements.query(
      `INSERT INTO ${table.name} (${columns.join(", ")}, ${reference})
       SELECT ${values.join(", ")}, pair.new_id
         FROM (SELECT o.id AS old_id, c.id AS new_id FROM (${numbered}) o JOIN (${numbered}) c ON c.n = o.n) pair
         JOIN ${table.name} t ON t.${reference} = pair.old_id
        ORDER BY t.${table.primaryKey}`,
      [from, to],
    );
  }

  /**
   * Makes sure that both owners have equally many rows: otherwise others changed them meanwhile, and what refers to them would be mixed up.
   * @throws Error to roll back with
   */
  async compare({ name, ids }: OwnedRows, from: number, to: number): Promise<void> {
    const [row] = await this.#statements.query<{ a: number; b: number }>(
      `SELECT (SELECT COUNT(*) FROM (${ids}) x) AS a, (SELECT COUNT(*) FROM (${ids}) y) AS b`,
      [from, to],
    );
    if (row?.a === row?.b) return;
    throw new Error(
      `The rows of ${name} were changed by somebody while they were copied (${row?.b} of ${row?.a}). Run again.`,
    );
  }

  /** The columns besides primary key and reference, and what a copy has in them: new stamps, nobody as its author. */
  async #columnsOf(
    { name, primaryKey }: Table,
    reference: string,
  ): Promise<{ columns: string[]; values: string[] }> {
    const columns = (await this.#read(name)).filter(
      (column) => ![primaryKey, reference].some((own) => own.toLowerCase() === column.toLowerCase()),
    );
    const values = columns.map((column) => COPIED[column.toLowerCase()] ?? `t.\`${column}\``);
    return { columns: columns.map((column) => `\`${column}\``), values };
  }

  #read(table: string): Promise<string[]> {
    const known = this.#columns.get(table) ?? this.#readColumns(table);
    this.#columns.set(table, known);
    return known;
  }

  async #readColumns(table: string): Promise<string[]> {
    const rows = await this.#statements.query<{ name: string }>(
      `SELECT COLUMN_NAME AS name FROM information_schema.COLUMNS
        WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = ? ORDER BY ORDINAL_POSITION`,
      [table],
    );
    return rows.map(({ name }) => name);
  }
}

const COPIED: Readonly<Record<string, string>> = {
  timestampcreated: "UTC_TIMESTAMP(6)",
  timestampmodified: "UTC_TIMESTAMP(6)",
  version: "0",
  createdbyagentid: "NULL",
  modifiedbyagentid: "NULL",
};
