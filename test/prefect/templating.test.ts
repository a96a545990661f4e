import { describe, expect, it } from "vitest";
import type { Json, JsonObject } from "../../src/prefect/api-types.ts";
import { applyValues, resolveReferences } from "../../src/prefect/templating.ts";

// The expectations were taken from Prefect's own `apply_values` and `resolve_*` for the same input.
const values: JsonObject = {
  n: 3,
  yes: true,
  none: null,
  list: [1, 2],
  deep: { a: { b: [10, { c: "x" }] } },
  text: "t",
};
const env = { HOME_TOWN: "Oslo" };

describe("placeholders", () => {
  it.each<[string, Json, Json]>([
    ["alone, a number stays a number", "{{ n }}", 3],
    ["alone, an object stays an object", "{{ deep.a }}", { b: [10, { c: "x" }] }],
    ["alone, null stays null", { a: "{{ none }}" }, { a: null }],
    ["spaces do not matter", "{{n}}", 3],
    ["inside text a value becomes text", "n={{ n }}, {{ text }}", "n=3, t"],
    ["inside text true is Python's True", "is {{ yes }}", "is True"],
    ["inside text null is Python's None", "is {{ none }}", "is None"],
    ["a path goes through lists", "{{ deep.a.b[1].c }}", "x"],
    ["a key without value is left out", { keep: 1, gone: "{{ missing }}" }, { keep: 1 }],
    ["a list item without value is left out", ["{{ missing }}", "{{ n }}"], [3]],
    ["a missing value inside text is empty", "a{{ missing }}b", "ab"],
    ["environment variables are text", "in {{ $HOME_TOWN }}", "in Oslo"],
    [
      "blocks and variables wait for the server",
      "{{ prefect.blocks.secret.x }}",
      "{{ prefect.blocks.secret.x }}",
    ],
    ["numbers and booleans are left alone", { a: 1, b: false }, { a: 1, b: false }],
    ["keys of the prototype are no values", { a: "{{ constructor }}" }, {}],
  ])("%s", (_, template, expected) => {
    expect(applyValues(template, values, env)).toEqual(expected);
  });
});

describe("blocks and variables", () => {
  const source = {
    block: async (type: string, name: string) => {
      if (`${type}/${name}` === "secret/token") return { data: { value: "s3cret" } };
      if (`${type}/${name}` === "json/conf") return { data: { value: { host: "db", ports: [1, 2] } } };
      return { data: { username: "u", password: "p" } };
    },
    blockById: async (id: string) => ({ data: { value: `by ${id}` } }),
    variable: async (name: string) => (name === "size" ? 7 : undefined),
  };

  it.each<[string, Json, Json]>([
    ["a block that holds only a value stands for it", "{{ prefect.blocks.secret.token }}", "s3cret"],
    ["its value may be asked for by name", "{{ prefect.blocks.secret.token.value }}", "s3cret"],
    ["a key of a block", "{{ prefect.blocks.creds.github.username }}", "u"],
    [
      "a whole block",
      { credentials: "{{ prefect.blocks.creds.github }}" },
      { credentials: { username: "u", password: "p" } },
    ],
    ["a path inside a value", "{{ prefect.blocks.json.conf.ports[1] }}", 2],
    ["inside text", "https://{{ prefect.blocks.secret.token }}@host", "https://s3cret@host"],
    ["a variable keeps its type", "{{ prefect.variables.size }}", 7],
    ["a variable inside text", "size {{ prefect.variables.size }}", "size 7"],
    ["a variable that is not there is empty", "{{ prefect.variables.nope }}", ""],
    ["a reference by id", { $ref: { block_document_id: "abc" } }, "by abc"],
  ])("%s", async (_, template, expected) => {
    expect(await resolveReferences(template, source)).toEqual(expected);
  });

  it("refuses an object inside text, and says how to name a key", async () => {
    await expect(resolveReferences("x {{ prefect.blocks.json.conf }}", source)).rejects.toThrow(
      /prefect.blocks.json.conf.key/,
    );
  });

  it("refuses a key that the block does not have", async () => {
    await expect(resolveReferences("{{ prefect.blocks.creds.github.nope }}", source)).rejects.toThrow(
      /no key "nope"/,
    );
  });
});
