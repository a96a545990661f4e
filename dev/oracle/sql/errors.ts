import type { Catalog } from "../catalog.ts";
import { OracleError } from "../errors.ts";

/** Turns an error of SQLite into the one that Oracle would give for the same mistake. */
export function toOracleError(error: unknown, catalog: Catalog): OracleError {
  if (error instanceof OracleError) return error;
  const text = error instanceof Error ? error.message : String(error);
  const column =
    /^no such column: (?:.*\.)?"?([^".]+)"?/.exec(text)?.[1] ?? /has no column named (.+)$/.exec(text)?.[1];
  if (column !== undefined) return new OracleError(904, `"${column}": invalid identifier`);
  if (text.startsWith("no such table") || text.startsWith("no such view"))
    return new OracleError(942, "table or view does not exist");
  const ambiguous = /^ambiguous column name: (.+)$/.exec(text)?.[1];
  if (ambiguous !== undefined) return new OracleError(918, "column ambiguously defined");
  const unknown = /^no such function: (.+)$/.exec(text)?.[1];
  if (unknown !== undefined) return new OracleError(904, `"${unknown}": invalid identifier`);
  const unique = /^UNIQUE constraint failed: (.+)$/.exec(text)?.[1];
  if (unique !== undefined)
    return new OracleError(1, `unique constraint (${keyName(unique, catalog)}) violated`);
  const missing = /^NOT NULL constraint failed: ([^.]+)\.(.+)\.([^.]+)$/.exec(text);
  if (missing)
    return new OracleError(1400, `cannot insert NULL into ("${missing[1]}"."${missing[2]}"."${missing[3]}")`);
  if (/syntax error|incomplete input/.test(text))
    return new OracleError(900, `invalid SQL statement (${text})`);
  if (/wrong number of arguments/.test(text)) return new OracleError(909, "invalid number of arguments");
  if (/SELECTs to the left and right/.test(text))
    return new OracleError(1789, "query block has incorrect number of result columns");
  if (/row value misused|sub-select returns/.test(text)) return new OracleError(913, "too many values");
  if (/misuse of aggregate/.test(text)) return new OracleError(934, "group function is not allowed here");
  if (/values for \d+ columns|has \d+ columns but/.test(text))
    return new OracleError(947, "not enough values");
  return new OracleError(600, `internal error code, arguments: [stand-in], [${text}]`);
}

/** The name of the key behind SQLite's list of columns, `OWNER.TABLE.COLUMN, ...`. */
function keyName(list: string, catalog: Catalog): string {
  const parts = list.split(", ").map((column) => column.split("."));
  const [owner = "", name = ""] = parts[0] ?? [];
  const table = catalog.table(owner, name);
  const columns = parts.map((part) => part[2]).join();
  const keys = table
    ? [...(table.primaryKey ? [table.primaryKey] : []), ...table.uniqueKeys, ...table.indexes]
    : [];
  return `${owner}.${keys.find((key) => key.columns.join() === columns)?.name ?? "UNKNOWN"}`;
}
