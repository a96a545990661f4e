import { expect, test } from "vitest";
import { dbml } from "../../../src/flows/snapshot/dbml.ts";
import type { ModelReference } from "../../../src/flows/snapshot/model.ts";
import { parsed, parsedEnds, wantedEnds } from "./support/dbml-ends.ts";
import { model } from "./support/model.ts";

test("a schema of 2,000 tables is parsed, with every table and both ends of every reference", () => {
  const { tables, references, unresolved } = model(2_000);
  const small = tables.map((table) => Object.assign(table, { columns: table.columns.slice(0, 3) }));
  const found = parsed([...dbml({ tables: small, references, unresolved })].join(""));
  expect(found.tables.map(({ owner, table }) => `${owner}.${table.name}`).sort()).toEqual(
    tables.map(({ owner, name }) => `${owner}.${name}`).sort(),
  );
  expect(parsedEnds(found)).toEqual(wantedEnds(references));
}, 60_000);

test("a reference from columns to themselves, or between columns that are joined already, is left out with a comment", () => {
  const { tables, references, unresolved } = model(8);
  const [first, second] = tables;
  if (!first || !second) throw new Error("there are tables");
  const more = (name: string, columns: string[], toColumns: string[], to = first): ModelReference => {
    return { name, from: first, columns, to, toColumns };
  };
  const odd = [
    more("FK_SELF", ["ID"], ["ID"]),
    more("FK_BOTH", ["ID", "PARENT_ID"], ["PARENT_ID", "ID"]),
    more("FK_AGAIN", ["OTHER_ID"], ["ID"], second),
    more("FK_OWN", ["PARENT_ID"], ["ID"]),
  ];
  const text = [...dbml({ tables, references: [...references, ...odd], unresolved })].join("");
  expect(text).toContain("// FK_SELF is left out: it joins SMALL.TABLE_0 (ID) with itself\n");
  expect(text).toContain("// FK_BOTH is left out: it joins SMALL.TABLE_0 (ID, PARENT_ID) with itself\n");
  expect(text).toContain("// FK_AGAIN is left out: it joins the same columns as FK_0_1\n");
  expect(parsedEnds(parsed(text))).toEqual(wantedEnds([...references, ...odd.slice(-1)]));
});
