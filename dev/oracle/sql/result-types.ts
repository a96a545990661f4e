import { type OracleType, parseType, Wire } from "../types.ts";

export const NUMBER = parseType("NUMBER");
export const TEXT = parseType("VARCHAR2(4000)");
export const DATE = parseType("DATE");
export const TIMESTAMP = parseType("TIMESTAMP(9)");
export const BYTES = parseType("RAW(2000)");
export const CLOB = parseType("CLOB");

/** True for DATE and the kinds of TIMESTAMP. */
export function isMoment(type: OracleType | undefined): boolean {
  const wire = type?.wire;
  return (
    wire === Wire.date || wire === Wire.timestamp || wire === Wire.timestampTz || wire === Wire.timestampLtz
  );
}

/** The type of a value that comes from one of several places: the first known, wide enough for all. */
export function widened(types: readonly (OracleType | undefined)[]): OracleType | undefined {
  const known = types.filter((type) => type !== undefined);
  const [first] = known;
  if (!first) return undefined;
  if (known.every((type) => type === first) && first.wire !== Wire.char) return first;
  if (first.wire === Wire.number) return NUMBER;
  if (first.form !== 0 && first.wire !== Wire.clob)
    return known.find(({ wire }) => wire === Wire.clob) ?? TEXT;
  return first;
}
