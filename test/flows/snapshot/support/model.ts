import type { ModelTable, SchemaModel } from "../../../../src/flows/snapshot/model.ts";

/** So many tables of two owners; each refers to one before it, one to itself, and two to each other. */
export function model(count: number): SchemaModel {
  const tables = Array.from({ length: count }, (_none, index): ModelTable => {
    const names = [
      "ID",
      "PARENT_ID",
      "OTHER_ID",
      ...Array.from({ length: index % 9 }, (_one, at) => `C${at}`),
    ];
    return {
      owner: index % 5 === 0 ? "SMALL" : "LARGE",
      name: `TABLE_${index}`,
      columns: names.map((name) => ({ name, type: "NUMBER(10)", nullable: true })),
      primaryKey: ["ID"],
      uniqueKeys: [],
    };
  });
  const references: SchemaModel["references"] = [];
  const refer = (from: number, to: number, column: string): void => {
    const [one, other] = [tables[from], tables[to]];
    if (one && other)
      references.push({
        name: `FK_${from}_${to}`,
        from: one,
        columns: [column],
        to: other,
        toColumns: ["ID"],
      });
  };
  for (let index = 1; index < count; index += 1) refer(index, Math.floor(index / 4), "PARENT_ID");
  refer(3, 3, "OTHER_ID");
  refer(0, 1, "OTHER_ID");
  return { tables, references, unresolved: 0 };
}
