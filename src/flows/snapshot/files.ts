import type { Pieces } from "../../reports/upload-stream.ts";
import type { Catalog } from "./catalog.ts";
import { catalogJson } from "./catalog-json.ts";
import type { SchemaChanges } from "./changes.ts";
import { CSV_SECTIONS, csvOf } from "./csv.ts";
import { dbml } from "./dbml.ts";
import { schemaSvg } from "./diagram/svg.ts";
import { schemaModel } from "./model.ts";
import { CATALOG_FILE } from "./previous.ts";

/** A file of a snapshot; its content is made while it is uploaded. */
export interface SnapshotFile {
  name: string;
  contentType: string;
  content: () => Pieces;
}

/** How many files a snapshot has. */
export const FILE_COUNT = CSV_SECTIONS.length + 4;

/** The files of a snapshot, in the order in which they are uploaded: the catalog is last, and says that all are there. */
export function snapshotFiles(catalog: Catalog, changes: SchemaChanges): SnapshotFile[] {
  const model = schemaModel(catalog);
  const text = "text/plain; charset=utf-8";
  return [
    ...CSV_SECTIONS.map((section) => ({
      name: `${section}.csv`,
      contentType: "text/csv; charset=utf-8",
      content: () => csvOf(catalog, section),
    })),
    { name: "schema.dbml", contentType: text, content: () => dbml(model) },
    { name: "schema.svg", contentType: "image/svg+xml", content: () => schemaSvg(model, catalog) },
    {
      name: "changes.json",
      contentType: "application/json",
      content: () => [`${JSON.stringify(changes, null, 2)}\n`],
    },
    { name: CATALOG_FILE, contentType: "application/json", content: () => catalogJson(catalog) },
  ];
}
