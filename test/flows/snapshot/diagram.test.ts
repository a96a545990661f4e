import { describe, expect, test } from "vitest";
import { diagramLayout } from "../../../src/flows/snapshot/diagram/layout.ts";
import { schemaSvg } from "../../../src/flows/snapshot/diagram/svg.ts";
import { model } from "./support/model.ts";

const snapshot = {
  generated_at_utc: "20260301T100000Z",
  source: { host: "oracle", port: 1553, service_name: "MUSIT", owners_filter: [] },
};

/** Tags that are opened and not closed, in order; throws where one is closed that is not open. */
function openTags(xml: string): string[] {
  const open: string[] = [];
  for (const [, close, name, , single] of xml.matchAll(/<(\/?)([a-zA-Z]+)((?:"[^"]*"|[^">])*?)(\/?)>/g)) {
    if (close) expect(open.pop()).toBe(name);
    else if (!single) open.push(String(name));
  }
  return open;
}

describe.each([1, 30, 400, 2_000])("the drawing of %d tables", (count) => {
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

/** The line of small print under the picture's heading. */
function note(count: number): string {
  return /class="note">([^<]*)/.exec([...schemaSvg(model(count), snapshot)].join(""))?.[1] ?? "";
}

test("with more than 60 tables the heading says that only keys are shown, and that those between owners have no lines", () => {
  expect(note(60)).toMatch(/^60 tables, 61 foreign keys, \d{8}T\d{6}Z\. \* not null$/);
  expect(diagramLayout(model(60)).lines).toHaveLength(61);
  const { lines } = diagramLayout(model(61));
  const between = model(61).references.filter(({ from, to }) => from.owner !== to.owner);
  expect(lines).toHaveLength(62 - between.length);
  expect(note(61)).toContain(
    `Columns of keys are shown; rest on a table for all of them. The ${between.length} to other owners have no lines:`,
  );
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
