import { describe, expect, test } from "vitest";
import { diagramLayout } from "../../../src/flows/snapshot/diagram/layout.ts";
import { schemaSvg } from "../../../src/flows/snapshot/diagram/svg.ts";
import type { ModelTable, SchemaModel } from "../../../src/flows/snapshot/model.ts";

const snapshot = {
  generated_at_utc: "20260301T100000Z",
  source: { host: "oracle", port: 1553, service_name: "MUSIT", owners_filter: [] },
};

/** Tables of two owners; each refers to one before it, one to itself, and two to each other. */
function model(count: number): SchemaModel {
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

/** Tags that are opened and not closed, in order; throws where one is closed that is not open. */
function openTags(xml: string): string[] {
  const open: string[] = [];
  for (const [, close, name, , single] of xml.matchAll(/<(\/?)([a-zA-Z]+)((?:"[^"]*"|[^">])*?)(\/?)>/g)) {
    if (close) expect(open.pop()).toBe(name);
    else if (!single) open.push(String(name));
  }
  return open;
}

describe.each([1, 30, 400])("the drawing of %d tables", (count) => {
  const layout = diagramLayout(model(count));
  const boxes = layout.frames.flatMap((frame) => frame.boxes);

  test("has a box for every table, none over another, each in its owner's frame", () => {
    expect(boxes).toHaveLength(count);
    for (const { x, y, width, height, boxes: own } of layout.frames) {
      for (const box of own) {
        expect(box.x).toBeGreaterThanOrEqual(x);
        expect(box.y).toBeGreaterThanOrEqual(y);
        expect(box.x + box.width).toBeLessThanOrEqual(x + width);
        expect(box.y + box.height).toBeLessThanOrEqual(y + height);
      }
    }
    const overlapping = boxes.flatMap((one, index) =>
      boxes.slice(index + 1).filter((other) => {
        const apart =
          one.x + one.width <= other.x ||
          other.x + other.width <= one.x ||
          one.y + one.height <= other.y ||
          other.y + other.height <= one.y;
        return !apart;
      }),
    );
    expect(overlapping).toEqual([]);
  });

  test("is about as wide as a screen, not a strip", () => {
    expect(layout.width / layout.height).toBeGreaterThan(0.3);
    expect(layout.width / layout.height).toBeLessThan(6);
  });

  test("is whole XML that names every table, and every link leads somewhere", () => {
    const svg = [...schemaSvg(model(count), snapshot)].join("");
    expect(openTags(svg)).toEqual([]);
    for (const { table } of boxes) expect(svg).toContain(`>${table.name}</text>`);
    const ids = new Set([...svg.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id));
    for (const [, goal] of svg.matchAll(/href="#([^"]+)"/g)) expect(ids).toContain(goal);
    expect(svg).not.toMatch(/NaN|undefined|<script/);
  });
});

test("names that are markup, or no XML at all, do no harm", () => {
  const { tables, references } = model(2);
  const [first, second] = tables;
  if (first) first.name = "<script>&\u0001]]>";
  if (second) second.owner = '"><b>';
  const svg = [...schemaSvg({ tables, references, unresolved: 0 }, snapshot)].join("");
  expect(openTags(svg)).toEqual([]);
  expect(svg).toContain("&lt;script&gt;&amp;?]]&gt;");
  expect(svg).not.toContain("<b>");
});
