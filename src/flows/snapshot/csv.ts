import { Readable } from "node:stream";
import { stringify } from "csv-stringify";
import { type Catalog, SECTIONS, type SectionName } from "./catalog.ts";

/** The sections that have a CSV file, `SECTION.csv`. */
export const CSV_SECTIONS = ["tables", "columns", "constraints", "indexes", "views"] as const;

/** A section as CSV (RFC 4180: comma, CRLF, quotes where needed) with a header, piece by piece. Null is an empty field. */
export function csvOf(catalog: Catalog, name: SectionName): AsyncIterable<Uint8Array> {
  const writer = stringify({
    header: true,
    columns: [...SECTIONS[name].columns],
    record_delimiter: "windows",
  });
  return Readable.from(catalog[name]).pipe(writer);
}
