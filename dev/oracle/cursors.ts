import type { StatementSync } from "node:sqlite";
import type { ResultColumn } from "./describe.ts";
import type { VariableType } from "./execute.ts";
import type { Translation } from "./sql/translate.ts";
import { Wire } from "./types.ts";
import { type Encoder, encoderFor, type Stored } from "./values/encode.ts";
import type { LobStore } from "./values/lob.ts";
import type { MessageWriter } from "./wire/writer.ts";

const ROW = 7;

/** Names of bind values as SQLite gets them. */
export type BindValues = Record<string, Stored>;

/** A statement that the client holds open, with the rows that it has not fetched yet. */
export class Cursor {
  readonly id: number;
  readonly translation: Translation;
  readonly statement: StatementSync | undefined;
  /** Types of the bind variables at the last full execute: later ones send values only. */
  binds: VariableType[] = [];
  columns: ResultColumn[] = [];
  /** Rows of the present result that were sent. */
  sent = 0;
  /** True when a stall in mid result has happened already. */
  stalled = false;
  #defines: VariableType[] = [];
  #encoders: Encoder[] = [];
  #rows: Iterator<Stored[]> | undefined;
  #ahead: Stored[][] = [];
  #at = 0;
  #failure: unknown;

  constructor(id: number, translation: Translation, statement: StatementSync | undefined) {
    this.id = id;
    this.translation = translation;
    this.statement = statement;
  }

  get isQuery(): boolean {
    return this.translation.kind === "query";
  }

  get hasLobs(): boolean {
    return this.columns.some(({ type }) => type.wire === Wire.clob || type.wire === Wire.blob);
  }

  /** True once the client said in which types it wants the columns. */
  get isDefined(): boolean {
    return this.#defines.length > 0;
  }

  /** Runs the query from the start; what was left of the last result is dropped. */
  open(values: BindValues): void {
    this.close();
    this.#rows = this.statement?.iterate(values) as unknown as Iterator<Stored[]>;
    this.sent = 0;
    this.stalled = false;
  }

  /** The first value that is not null of each column, out of a few rows read ahead: types are guessed by them. */
  sample(rows: number, columns: number): Stored[] {
    this.readAhead(rows);
    return Array.from({ length: columns }, (_, index) => {
      for (const row of this.#ahead) if (row[index] !== null && row[index] !== undefined) return row[index];
      return null;
    });
  }

  /** Fixes the columns and their encoders. */
  describe(columns: ResultColumn[], lobs: LobStore): void {
    this.columns = columns;
    this.define(this.#defines, lobs);
  }

  define(defines: VariableType[], lobs: LobStore): void {
    this.#defines = defines;
    this.#encoders = this.columns.map(({ type }, index) => encoderFor(type, lobs, defines[index]?.wire));
  }

  /** Reads rows until `count` are waiting, or there are no more. */
  readAhead(count: number): void {
    if (!this.#rows) return;
    while (this.#ahead.length - this.#at < count) {
      const next = this.#next(this.#rows);
      if (!next) {
        this.#rows = undefined;
        return;
      }
      this.#ahead.push(next);
    }
  }

  /** The next row; an error is kept for the moment when the client comes to it. */
  #next(rows: Iterator<Stored[]>): Stored[] | undefined {
    try {
      const { done, value } = rows.next();
      return done ? undefined : value;
    } catch (error) {
      this.#failure = error;
      return undefined;
    }
  }

  /** Reads all rows that are left into memory, so that a write can begin. */
  settle(): void {
    this.readAhead(Number.POSITIVE_INFINITY);
  }

  /** Writes at most `count` rows. Returns true when there are no more afterwards. */
  writeRows(writer: MessageWriter, count: number): boolean {
    this.readAhead(count + 1);
    if (this.#failure !== undefined && this.#ahead.length - this.#at < count) throw this.#failure;
    const end = Math.min(this.#ahead.length, this.#at + count);
    const encoders = this.#encoders;
    for (; this.#at < end; this.#at++) {
      const row = this.#ahead[this.#at] ?? [];
      writer.u8(ROW);
      for (let i = 0; i < encoders.length; i++) encoders[i]?.(writer, row[i] ?? null);
      this.sent++;
    }
    if (this.#at > 0) {
      this.#ahead = this.#ahead.slice(this.#at);
      this.#at = 0;
    }
    return this.#rows === undefined && this.#ahead.length === 0 && this.#failure === undefined;
  }

  /** Drops what is left of the result; the statement can be run again. */
  close(): void {
    this.#rows?.return?.();
    this.#rows = undefined;
    this.#failure = undefined;
    this.#ahead = [];
    this.#at = 0;
  }
}
