import { randomBytes } from "node:crypto";
import { momentFromMillis, storedMoment, ZONED } from "../../values/date.ts";
import type { Stored } from "../../values/encode.ts";
import { displayText } from "../../values/text.ts";
import type { FunctionContext } from "../functions.ts";

/** Functions whose value depends on the session or the clock, and the one that converts values for columns. */
export function sessionFunctions(context: FunctionContext): Record<string, (...args: Stored[]) => Stored> {
  // The database's own time zone is UTC; the CURRENT_ functions follow the session's.
  const now = (minutes: number, nanos?: number): string =>
    storedMoment(momentFromMillis(Date.now() + minutes * 60_000, nanos));
  const zone = zoneText(context.zone);
  const userenv = (name: Stored): string | null => {
    const values: Record<string, string> = {
      CURRENT_SCHEMA: context.schema(),
      CURRENT_USER: context.user,
      SESSION_USER: context.user,
      DB_NAME: context.service.toUpperCase(),
      DB_UNIQUE_NAME: "STANDIN",
      INSTANCE_NAME: "standin",
      SERVICE_NAME: context.service.toLowerCase(),
      SID: String(context.sessionId),
      SESSIONID: String(context.sessionId),
      LANGUAGE: "AMERICAN_AMERICA.AL32UTF8",
      LANG: "US",
      NLS_CALENDAR: "GREGORIAN",
      SERVER_HOST: "localhost",
      HOST: "localhost",
      CON_NAME: context.service.toUpperCase(),
      ISDBA: "FALSE",
    };
    return values[(displayText(name) ?? "").toUpperCase()] ?? null;
  };
  return {
    SYSDATE: () => now(0, 0),
    CURRENT_DATE: () => now(context.zone, 0),
    LOCALTIMESTAMP: () => now(context.zone),
    SYSTIMESTAMP: () => `${ZONED}${now(0).slice(1)} +00:00`,
    CURRENT_TIMESTAMP: () => `${ZONED}${now(0).slice(1)} ${zone}`,
    SESSIONTIMEZONE: () => zone,
    USER: () => context.user,
    UID: () => context.sessionId,
    SYS_CONTEXT: (_space, name) => userenv(name ?? null),
    USERENV: (name) => userenv(name ?? null),
    SYS_GUID: () => randomBytes(16),
    STORE: (table, column, value) => context.store(String(table), String(column), value ?? null),
  };
}

function zoneText(minutes: number): string {
  const size = Math.abs(minutes);
  const two = (part: number): string => String(part).padStart(2, "0");
  return `${minutes < 0 ? "-" : "+"}${two(Math.trunc(size / 60))}:${two(size % 60)}`;
}
