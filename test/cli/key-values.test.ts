import { expect, it } from "vitest";
import { parseKeyValues } from "../../src/cli/key-values.ts";

it.each([
  ["dry_run=false", { dry_run: false }],
  ["limit=42", { limit: 42 }],
  ["who=Kari Nordmann", { who: "Kari Nordmann" }],
  ["who=", { who: "" }],
  ["from=2026-01-01", { from: "2026-01-01" }],
  ["expression=a=b", { expression: "a=b" }],
  ['schemas=["A", "B"]', { schemas: ["A", "B"] }],
  ['id="007"', { id: "007" }],
  ["nothing=null", { nothing: null }],
  ["yes=True", { yes: "True" }],
])("reads %s", (word, expected) => {
  expect(parseKeyValues([word], "parameter")).toEqual(expected);
});

it.each([
  ["dry_run", "Expected format 'key=value'"],
  ["=false", "Expected format 'key=value'"],
  ['schemas=["A"', "Failed to parse JSON for parameter 'schemas'"],
  ["config={a: 1}", "Failed to parse JSON for parameter 'config'"],
  ["id=12345678901234567890", "a number of so many digits would be changed"],
])("refuses %s", (word, text) => {
  expect(() => parseKeyValues([word], "parameter")).toThrow(text);
});
