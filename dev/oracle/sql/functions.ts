import type { DatabaseSync } from "node:sqlite";
import type { SessionInfo } from "../statements.ts";
import { momentFromMillis, storedMoment } from "../values/date.ts";

/** What functions know of the session they run in. */
export interface FunctionContext {
  info: SessionInfo;
  /** The session's time zone, in minutes east of UTC. */
  zone: number;
  schema: () => string;
}

/** Gives a SQLite connection the functions that translated statements call. */
export function registerFunctions(database: DatabaseSync, context: FunctionContext): void {
  database.function("ORA_SYSDATE", () => storedMoment(momentFromMillis(Date.now() + context.zone * 0, 0)));
}
