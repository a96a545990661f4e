import { OracleError } from "./errors.ts";

/** Type numbers of the wire protocol. */
export const Wire = {
  varchar: 1,
  number: 2,
  long: 8,
  date: 12,
  raw: 23,
  longRaw: 24,
  char: 96,
  binaryFloat: 100,
  binaryDouble: 101,
  clob: 112,
  blob: 113,
  timestamp: 180,
  timestampTz: 181,
  intervalDs: 183,
  timestampLtz: 231,
} as const;

/** An Oracle column type, taken apart. */
export interface OracleType {
  /** The type as the dictionary names it, for example `NUMBER` or `TIMESTAMP(6)`. */
  name: string;
  /** Type number of the wire protocol. */
  wire: number;
  /** Character set form: 1 database, 2 national, 0 not a text. */
  form: 0 | 1 | 2;
  /** Digits; null where the type has none. */
  precision: number | null;
  /** Digits after the point (seconds' fraction for timestamps); null where the type has none. */
  scale: number | null;
  /** The length as declared; null where the type has none. */
  length: number | null;
  /** Length unit: `C` characters, `B` bytes; null where the type is not a text. */
  unit: "B" | "C" | null;
  /** The longest value in bytes (DATA_LENGTH of the dictionary). */
  bytes: number;
}

const PATTERN =
  /^([A-Z][A-Z0-9_]*(?: [A-Z]+)*?)(?:\s*\(\s*(\*|\d+)\s*(?:,\s*(-?\d+))?\s*(BYTE|CHAR)?\s*\))?(\s+[A-Z ()0-9]+)?$/;

/**
 * Reads a type as written in DDL: `NUMBER(10,2)`, `VARCHAR2(200 CHAR)`, `TIMESTAMP(6) WITH TIME ZONE`.
 * Throws ORA-00902 for a type that this server does not know.
 */
export function parseType(text: string): OracleType {
  const spelled = text.trim().toUpperCase().replaceAll(/\s+/g, " ");
  const match = PATTERN.exec(spelled);
  const type = match && build(match[1] ?? "", match[2], match[3], match[4], (match[5] ?? "").trim());
  if (!type) throw new OracleError(902, `invalid datatype: ${text}`);
  return type;
}

function build(
  base: string,
  first: string | undefined,
  second: string | undefined,
  unit: string | undefined,
  tail: string,
): OracleType | undefined {
  const length = first === undefined || first === "*" ? null : Number(first);
  const scale = second === undefined ? null : Number(second);
  switch (base) {
    case "NUMBER":
    case "NUMERIC":
    case "DECIMAL": {
      if (first === undefined && base === "NUMBER") return number(null, null);
      return number(first === "*" ? null : (length ?? 38), scale ?? 0);
    }
    case "INTEGER":
    case "INT":
    case "SMALLINT":
      return number(null, 0);
    case "FLOAT":
    case "REAL":
      return { ...number(length ?? (base === "REAL" ? 63 : 126), null), name: "FLOAT" };
    case "VARCHAR2":
    case "VARCHAR":
      return text("VARCHAR2", Wire.varchar, 1, length ?? 1, unit);
    case "CHAR":
    case "CHARACTER":
      return text("CHAR", Wire.char, 1, length ?? 1, unit);
    case "NVARCHAR2":
      return text("NVARCHAR2", Wire.varchar, 2, length ?? 1, "CHAR");
    case "NCHAR":
      return text("NCHAR", Wire.char, 2, length ?? 1, "CHAR");
    case "ROWID":
      return text("ROWID", Wire.varchar, 1, 18, "BYTE");
    case "DATE":
      return plain("DATE", Wire.date, 7);
    case "TIMESTAMP":
    case "TIMESTAMP WITH TIME ZONE":
    case "TIMESTAMP WITH LOCAL TIME ZONE":
      return timestamp(length ?? 6, tail === "" ? base.slice("TIMESTAMP".length).trim() : tail);
    case "INTERVAL": {
      const match = /^DAY(?: ?\((\d)\))? TO SECOND(?: ?\((\d)\))?$/.exec(tail);
      return match ? interval(Number(match[1] ?? 2), Number(match[2] ?? 6)) : undefined;
    }
    case "CLOB":
      return { ...plain("CLOB", Wire.clob, 4000), form: 1 };
    case "NCLOB":
      return { ...plain("NCLOB", Wire.clob, 4000), form: 2 };
    case "BLOB":
      return plain("BLOB", Wire.blob, 4000);
    case "LONG":
      if (tail === "RAW") return plain("LONG RAW", Wire.longRaw, 0);
      return { ...plain("LONG", Wire.long, 0), form: 1 };
    case "RAW":
      return { ...plain("RAW", Wire.raw, length ?? 1), length: length ?? 1 };
    case "BINARY_DOUBLE":
      return plain("BINARY_DOUBLE", Wire.binaryDouble, 8);
    case "BINARY_FLOAT":
      return plain("BINARY_FLOAT", Wire.binaryFloat, 4);
    default:
      return undefined;
  }
}

function plain(name: string, wire: number, bytes: number): OracleType {
  return { name, wire, form: 0, precision: null, scale: null, length: null, unit: null, bytes };
}

function number(precision: number | null, scale: number | null): OracleType {
  return { ...plain("NUMBER", Wire.number, 22), precision, scale };
}

function text(name: string, wire: number, form: 1 | 2, length: number, unit: string | undefined): OracleType {
  const inChars = unit === "CHAR";
  // AL32UTF8 needs up to four bytes a character, the national character set two.
  const bytes = form === 2 ? length * 2 : inChars ? Math.min(length * 4, 32_767) : length;
  return { name, wire, form, precision: null, scale: null, length, unit: inChars ? "C" : "B", bytes };
}

function interval(precision: number, scale: number): OracleType {
  const name = `INTERVAL DAY(${precision}) TO SECOND(${scale})`;
  return { ...plain(name, Wire.intervalDs, 11), precision, scale };
}

function timestamp(fraction: number, tail: string): OracleType | undefined {
  const base = `TIMESTAMP(${fraction})`;
  if (tail === "") return { ...plain(base, Wire.timestamp, 11), scale: fraction };
  if (tail === "WITH TIME ZONE")
    return { ...plain(`${base} ${tail}`, Wire.timestampTz, 13), scale: fraction };
  if (tail === "WITH LOCAL TIME ZONE")
    return { ...plain(`${base} ${tail}`, Wire.timestampLtz, 11), scale: fraction };
  return undefined;
}
