import { describe, expect, test } from "vitest";
import type { Catalog } from "../../../src/flows/snapshot/catalog.ts";
import { catalogJson } from "../../../src/flows/snapshot/catalog-json.ts";
import { catalogRows } from "../../../src/flows/snapshot/catalog-rows.ts";
import { rowsOf } from "../../../src/flows/snapshot/inventory.ts";

const catalog: Catalog = {
  generated_at_utc: "20260301T100000Z",
  source: { host: "oracle", port: 1553, service_name: 'views": [{"', owners_filter: ["A"] },
  tables: [
    { owner: "A", table_name: 'Åse "🐟" [{\\', tablespace_name: null, num_rows: 0, last_analyzed: null },
    { owner: "A", table_name: "}]", tablespace_name: "tables", num_rows: 12.5, last_analyzed: "x" },
  ],
  columns: [],
  constraints: [],
  constraint_columns: [],
  indexes: [],
  index_columns: [],
  views: [{ owner: "A", view_name: "V", text_length: 7 }],
};

async function* inPieces(text: string, size: number): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

describe("the rows of a stored catalog", () => {
  test.each([1, 2, 3, 7, 100_000])("are found whole in pieces of %d bytes", async (size) => {
    const text = [...catalogJson(catalog)].join("");
    expect(await Array.fromAsync(catalogRows(inPieces(text, size)))).toEqual([...rowsOf(catalog)]);
  });

  test("are found in whatever way the JSON is laid out, whatever else it holds", async () => {
    const laidOut = { extra: [{ a: [1, { b: 2 }] }], nested: { tables: [{ not: "a row" }] }, ...catalog };
    for (const indent of [0, 2, 4]) {
      const found = await Array.fromAsync(catalogRows(inPieces(JSON.stringify(laidOut, null, indent), 50)));
      expect(found).toEqual([...rowsOf(catalog)]);
    }
  });

  test("are refused when the text is cut short, or no JSON", async () => {
    const text = [...catalogJson(catalog)].join("");
    const read = (bad: string) => Array.fromAsync(catalogRows(inPieces(bad, 64)));
    await expect(read(text.slice(0, -20))).rejects.toThrow("cut short");
    await expect(read('{"tables": [{"owner": oops}]}')).rejects.toThrow('no JSON at: {"owner": oops}');
  });
});
