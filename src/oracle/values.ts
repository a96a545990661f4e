import type { DbType, ExecuteOptions } from "oracledb";

/** How the driver asks, column by column, in which form the values should come. */
export type FetchTypeHandler = NonNullable<ExecuteOptions["fetchTypeHandler"]>;

/** One value of a row. NUMBERs that JavaScript cannot hold exactly come as text. */
export type OracleValue = string | number | boolean | Date | Buffer | null;

/** One row, by upper-case column name. */
export type OracleRow = Record<string, OracleValue>;

/** The driver's type objects that need another form than its own default. */
interface DriverTypes {
  DB_TYPE_NUMBER: DbType;
  DB_TYPE_DATE: DbType;
  DB_TYPE_TIMESTAMP: DbType;
  DB_TYPE_CLOB: DbType;
  DB_TYPE_NCLOB: DbType;
  DB_TYPE_BLOB: DbType;
  DB_TYPE_VARCHAR: DbType;
  DB_TYPE_NVARCHAR: DbType;
  DB_TYPE_RAW: DbType;
}

/**
 * Tells the driver how each column comes: NUMBER exact, CLOB as text, BLOB as bytes, DATE and TIMESTAMP
 * as the wall clock's moment in UTC.
 */
export function exactTypes(types: DriverTypes): FetchTypeHandler {
  return ({ dbType }) => {
    switch (dbType) {
      case types.DB_TYPE_NUMBER:
        return {
          type: types.DB_TYPE_VARCHAR,
          converter: (value: unknown) => exactNumber(value as string | null),
        };
      case types.DB_TYPE_DATE:
      case types.DB_TYPE_TIMESTAMP:
        return { type: dbType, converter: (value: unknown) => wallClockAsUtc(value as Date | null) };
      case types.DB_TYPE_CLOB:
        return { type: types.DB_TYPE_VARCHAR };
      case types.DB_TYPE_NCLOB:
        return { type: types.DB_TYPE_NVARCHAR };
      case types.DB_TYPE_BLOB:
        return { type: types.DB_TYPE_RAW };
      default:
        return undefined;
    }
  };
}

/** "17" is 17; "12345678901234567890.12" has more digits than a number holds and stays text. */
export function exactNumber(text: string | null): number | string | null {
  if (text === null) return null;
  const value = Number(text);
  // Most are whole numbers as JavaScript, too, writes them.
  if (String(value) === text && Number.isFinite(value)) return value;
  return plainDigits(String(value)) === plainDigits(text) ? value : text;
}

/** ".50", "0.5" and "+0.5" are the same decimal number. */
function plainDigits(text: string): string {
  const [, sign = "", whole = "", fraction = ""] = /^([+-]?)0*(\d*)(?:\.(\d*?)0*)?$/.exec(text.trim()) ?? [];
  if (whole === "" && fraction === "")
    return /\d/.test(text) && !/[1-9]/.test(text) ? "0" : `as written: ${text}`;
  return `${sign === "-" ? "-" : ""}${whole || "0"}.${fraction}`;
}

/**
 * DATE and TIMESTAMP have no time zone. The driver reads their clock as this machine's local time, so the same row would
 * give another moment on another machine. Here the clock's own figures become the UTC fields.
 * (The driver itself takes the years 0-99 for 1900-1999; select TO_CHAR(…) where such years may occur.)
 */
export function wallClockAsUtc(local: Date | null): Date | null {
  if (local === null) return null;
  const moment = new Date(0);
  moment.setUTCFullYear(local.getFullYear(), local.getMonth(), local.getDate());
  moment.setUTCHours(local.getHours(), local.getMinutes(), local.getSeconds(), local.getMilliseconds());
  return moment;
}
