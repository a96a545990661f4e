import type { DatabaseSync } from "node:sqlite";
import { OracleError } from "../errors.ts";
import type { Stored } from "../values/encode.ts";
import { DATE_FUNCTIONS } from "./functions/dates.ts";
import { NUMBER_FUNCTIONS, registerAggregates } from "./functions/numbers.ts";
import { sessionFunctions } from "./functions/session.ts";
import { TEXT_FUNCTIONS } from "./functions/texts.ts";

/** What kind of value a function gives: `first` is the type of its first argument, `widest` of all. */
export type ResultKind = "number" | "text" | "date" | "timestamp" | "bytes" | "clob" | "first" | "widest";

/** A function of Oracle's SQL; null in one of the first `strict` arguments gives null. */
export interface SqlFunction {
  gives: ResultKind;
  strict: number;
  run: (...args: Stored[]) => Stored;
}

/** What functions know of the session they run in. */
export interface FunctionContext {
  user: string;
  service: string;
  sessionId: number;
  /** The session's time zone, in minutes east of UTC. */
  zone: number;
  schema: () => string;
  /** Converts a value to what a column keeps. */
  store: (table: string, column: string, value: Stored) => Stored;
}

const SESSION_NAMES: Record<string, ResultKind> = { SYS_CONTEXT: "text", USERENV: "text", SYS_GUID: "bytes" };
const session = Object.fromEntries(
  Object.entries(SESSION_NAMES).map(([name, gives]) => [name, { gives, strict: 0, run: (): Stored => null }]),
);

/** All functions by Oracle's name. */
export const FUNCTIONS: Record<string, SqlFunction> = {
  ...TEXT_FUNCTIONS,
  ...NUMBER_FUNCTIONS,
  ...DATE_FUNCTIONS,
  ...session,
};

/** Gives a SQLite connection the functions that translated statements call, under the names `ORA_...`. */
export function registerFunctions(database: DatabaseSync, context: FunctionContext): void {
  for (const [name, { strict, run }] of Object.entries(FUNCTIONS)) {
    const guarded = (...args: Stored[]): Stored => {
      if (args.length < strict) throw new OracleError(909, "invalid number of arguments");
      for (let i = 0; i < strict; i++) if (args[i] === null) return null;
      return filled(run(...args));
    };
    database.function(`ORA_${name.replaceAll(".", "_")}`, { varargs: true, deterministic: true }, guarded);
  }
  for (const [name, run] of Object.entries(sessionFunctions(context))) {
    database.function(`ORA_${name}`, { varargs: true }, (...args: Stored[]) => filled(run(...args)));
  }
  registerAggregates(database);
}

/** An empty text is null in Oracle. */
function filled(value: Stored): Stored {
  return value === "" ? null : value;
}
