import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { withValuesTable } from "../../dev/chart/readme.ts";
import { PROJECT } from "../../dev/stack/install/cache.ts";

const chart = join(PROJECT, "charts", "specify7");
const read = async (name: string) => await readFile(join(chart, name), "utf8");

interface Schema {
  readonly type?: string | string[];
  readonly $ref?: string;
  readonly properties?: Record<string, Schema>;
  readonly additionalProperties?: boolean | Schema;
  readonly items?: Schema;
  readonly $defs?: Record<string, Schema>;
}

/** Paths of objects that take any key. */
function* openObjects(schema: Schema, path: string): Generator<string> {
  if (schema.type === "object" && schema.additionalProperties === undefined) yield path;
  for (const [name, inner] of Object.entries({ ...schema.properties, ...schema.$defs }))
    yield* openObjects(inner, `${path}/${name}`);
  if (schema.items) yield* openObjects(schema.items, `${path}/[]`);
}

/** Paths of keys that the schema has, but values.yaml has not: they would be in no table. */
function* unknownKeys(schema: Schema, values: unknown, path: string): Generator<string> {
  if (typeof values !== "object" || values === null) return;
  for (const [name, inner] of Object.entries(schema.properties ?? {})) {
    if (!(name in values)) yield `${path}/${name}`;
    else yield* unknownKeys(inner, (values as Record<string, unknown>)[name], `${path}/${name}`);
  }
}

describe("the chart's values", () => {
  it("have a schema that is closed at every level", async () => {
    const schema = JSON.parse(await read("values.schema.json")) as Schema;
    // Helm itself hands `global` to every chart.
    expect([...openObjects(schema, "")]).toEqual(["/global"]);
  });

  it("are all in the schema, and the schema has no others", async () => {
    const schema = JSON.parse(await read("values.schema.json")) as Schema;
    expect([...unknownKeys(schema, parse(await read("values.yaml")), "")]).toEqual(["/global"]);
  });

  it("stand in the README's table as values.yaml has them", async () => {
    const readme = await read("README.md");
    expect(withValuesTable(readme, await read("values.yaml")), "node dev/bootstrap.mjs dev/chart.ts").toBe(
      readme,
    );
  });

  it("without a comment are refused by the table's maker", async () => {
    const readme = await read("README.md");
    expect(() => withValuesTable(readme, "a:\n  # -- Said.\n  b: 1\n  c: 2\n")).toThrow(
      'a.c has no comment "# -- …"',
    );
  });
});
