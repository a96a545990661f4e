import { expect, it } from "vitest";
import { z } from "zod";
import { parameterOpenApiSchema } from "../../src/sdk/parameters.ts";

it("the schema of a deployment has titles, positions, defaults, enums, descriptions and what is required", () => {
  const parameters = z.object({
    name: z.string().describe("Who"),
    size: z.enum(["small", "large"]).default("small"),
    since: z.iso.date().optional(),
    nested: z.object({ n: z.number().int().min(1) }),
  });
  expect(parameterOpenApiSchema({ name: "F", parameters })).toEqual({
    title: "Parameters",
    type: "object",
    required: ["name", "nested"],
    properties: {
      name: { title: "name", position: 0, type: "string", description: "Who" },
      size: { title: "size", position: 1, type: "string", enum: ["small", "large"], default: "small" },
      since: expect.objectContaining({ title: "since", position: 2, type: "string", format: "date" }),
      nested: expect.objectContaining({ title: "nested", position: 3, type: "object", required: ["n"] }),
    },
  });
});

it("a flow without parameters has a schema without properties", () => {
  expect(parameterOpenApiSchema({ name: "F" })).toEqual({
    title: "Parameters",
    type: "object",
    properties: {},
  });
});
