import { describe, expect, it } from "vitest";
import { z } from "zod";
import { parameterOpenApiSchema } from "../../../src/sdk/parameter-schema/openapi-schema.ts";

const schemaOf = (parameters: z.ZodObject) => parameterOpenApiSchema({ name: "F", parameters });
const propertyOf = (type: z.ZodType) =>
  (schemaOf(z.object({ x: type })).properties as Record<string, object>).x;

describe("the schema of one parameter", () => {
  const none = { type: "null" };
  const table: [string, z.ZodType, object][] = [
    ["text", z.string().describe("Who"), { type: "string", description: "Who" }],
    ["text of a length", z.string().min(1).max(5), { type: "string", minLength: 1, maxLength: 5 }],
    ["a title of one's own", z.string().meta({ title: "The name" }), { type: "string", title: "The name" }],
    ["a password", z.string().meta({ format: "password" }), { type: "string", format: "password" }],
    ["a whole number, without the bounds that all have", z.int().default(3), { type: "integer", default: 3 }],
    ["a number with bounds", z.number().min(0).max(90), { type: "number", minimum: 0, maximum: 90 }],
    ["yes or no", z.boolean().default(true), { type: "boolean", default: true }],
    ["choices", z.enum(["NHM", "UM"]).default("UM"), { type: "string", enum: ["NHM", "UM"], default: "UM" }],
    ["one choice", z.literal("NHM"), { type: "string", enum: ["NHM"] }],
    ["a day", z.iso.date(), { type: "string", format: "date" }],
    ["a moment, without zod's pattern", z.iso.datetime(), { type: "string", format: "date-time" }],
    ["a moment that comes as a Date", z.coerce.date(), { type: "string", format: "date-time" }],
    ["a moment that may be missing", z.coerce.date().optional(), { type: "string", format: "date-time" }],
    ["a large number", z.coerce.bigint(), { type: "integer" }],
    ["an address", z.email(), { type: "string", format: "email" }],
    ["text of a pattern", z.string().regex(/^[A-Z]+\d$/), { type: "string", pattern: "^[A-Z]+\\d$" }],
    ["a pattern with flags, which JSON schema has not", z.string().regex(/^a$/i), { type: "string" }],
    ["a pattern that Python cannot read", z.string().regex(/^\p{L}+$/u), { type: "string" }],
    ["any value", z.any(), {}],
    [
      "a list",
      z.array(z.string()).default(["a"]),
      { type: "array", items: { type: "string" }, default: ["a"] },
    ],
    [
      "a record",
      z.record(z.string(), z.int()),
      { type: "object", additionalProperties: { type: "integer" } },
    ],
    [
      "one of two types",
      z.union([z.int(), z.string()]),
      { anyOf: [{ type: "integer" }, { type: "string" }] },
    ],
    ["text or null", z.string().nullable(), { anyOf: [{ type: "string" }, none] }],
    [
      "text or nothing, which begins with None",
      z.string().nullish(),
      { anyOf: [{ type: "string" }, none], default: null },
    ],
    ["what code makes of a text", z.string().transform((text) => text.length), { type: "string" }],
    [
      "a tuple",
      z.tuple([z.int(), z.string()]),
      { type: "array", prefixItems: [{ type: "integer" }, { type: "string" }], minItems: 2, maxItems: 2 },
    ],
  ];
  it.each(table)("%s", (_, type, expected) => {
    expect(propertyOf(type)).toEqual({ title: "x", position: 0, ...expected });
  });

  it.each([
    ["z.date()", z.date(), "z.coerce.date()"],
    ["z.bigint()", z.bigint(), "z.coerce.bigint()"],
    ["a set in a list", z.array(z.set(z.string())), "z.array(…)"],
  ])("is refused for %s, with what to write instead", (_, type, advice) => {
    expect(() => propertyOf(type)).toThrow(TypeError);
    expect(() => propertyOf(type)).toThrow(/Parameter "x.*" of flow "F"/);
    expect(() => propertyOf(type)).toThrow(advice);
  });
});

describe("the schema of all parameters", () => {
  it("has their order, and names what is required", () => {
    const schema = schemaOf(z.object({ b: z.string(), a: z.int().default(1), c: z.boolean().optional() }));
    expect(schema).toEqual({
      title: "Parameters",
      type: "object",
      required: ["b"],
      properties: {
        b: { title: "b", position: 0, type: "string" },
        a: { title: "a", position: 1, type: "integer", default: 1 },
        c: { title: "c", position: 2, type: "boolean" },
      },
    });
  });

  it("is empty for a flow without parameters", () => {
    expect(parameterOpenApiSchema({ name: "F" })).toEqual({
      title: "Parameters",
      type: "object",
      properties: {},
    });
  });

  it("has objects as definitions, with titled fields; what is said of the field stays with it", () => {
    const target = z.object({ host: z.string(), port_number: z.int().default(3306) });
    const schema = schemaOf(
      z.object({
        source: target.describe("Where from").default({ host: "a", port_number: 1 }),
        others: z.array(target),
        maybe: target.nullish(),
      }),
    );
    const definition = {
      title: "Source",
      type: "object",
      required: ["host"],
      properties: {
        host: { title: "Host", type: "string" },
        port_number: { title: "Port Number", type: "integer", default: 3306 },
      },
    };
    expect(schema.properties).toMatchObject({
      source: {
        title: "source",
        $ref: "#/definitions/Source",
        description: "Where from",
        default: { host: "a", port_number: 1 },
      },
      others: { type: "array", items: { $ref: "#/definitions/Others" } },
      maybe: { anyOf: [{ $ref: "#/definitions/Maybe" }, { type: "null" }], default: null },
    });
    expect(schema.definitions).toEqual({
      Source: definition,
      Others: { ...definition, title: "Others" },
      Maybe: { ...definition, title: "Maybe" },
    });
  });

  it("calls an object by its id, once for all fields that have it", () => {
    const target = z.object({ host: z.string() }).meta({ id: "Target" });
    const schema = schemaOf(z.object({ from: target, to: target }));
    expect(schema.properties).toMatchObject({
      from: { $ref: "#/definitions/Target" },
      to: { $ref: "#/definitions/Target" },
    });
    expect(Object.keys(schema.definitions as object)).toEqual(["Target"]);
  });

  it("tells the objects of a choice apart", () => {
    const choice = z.discriminatedUnion("type", [
      z.object({ type: z.literal("file"), path: z.string() }),
      z.object({ type: z.literal("table"), name: z.string() }),
    ]);
    expect(propertyOf(choice)).toMatchObject({
      anyOf: [{ $ref: "#/definitions/File" }, { $ref: "#/definitions/Table" }],
    });
  });

  it("calls different objects of one name differently", () => {
    const schema = schemaOf(
      z.object({
        a: z.object({ value: z.object({ n: z.int() }) }),
        value: z.object({ s: z.string() }),
      }),
    );
    expect(Object.keys(schema.definitions as object).sort()).toEqual(["A", "Value", "Value2"]);
  });

  it("takes an object that holds itself", () => {
    const taxon = z.object({
      name: z.string(),
      get children() {
        return z.array(taxon);
      },
    });
    expect(schemaOf(z.object({ root: taxon }))).toMatchObject({
      properties: { root: { $ref: "#/definitions/Root" } },
      definitions: { Root: { properties: { children: { items: { $ref: "#/definitions/Root" } } } } },
    });
  });
});
