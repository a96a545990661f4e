import { type Catalog, countsOf, SECTION_NAMES } from "./catalog.ts";

/** Rows of a section that are written at once. */
const AT_ONCE = 500;

/**
 * The text of `schema_catalog.json`, piece by piece: what it is and where it was taken, the counts, then the seven arrays,
 * with a line a row.
 */
export function* catalogJson(catalog: Catalog): Generator<string> {
  const { generated_at_utc, source } = catalog;
  const head = JSON.stringify({ generated_at_utc, source, counts: countsOf(catalog) }, null, 2);
  yield head.slice(0, -"\n}".length);
  for (const name of SECTION_NAMES) {
    const rows = catalog[name];
    yield `,\n  ${JSON.stringify(name)}: [`;
    for (let at = 0; at < rows.length; at += AT_ONCE) {
      const lines = rows.slice(at, at + AT_ONCE).map((row) => `    ${JSON.stringify(row)}`);
      yield `${at === 0 ? "\n" : ",\n"}${lines.join(",\n")}`;
    }
    yield rows.length === 0 ? "]" : "\n  ]";
  }
  yield "\n}\n";
}
