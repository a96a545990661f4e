import { expect, it } from "vitest";
import { parameterList } from "../../../src/sdk/engine/parameter-list.ts";

const texts = (source: string) => parameterList(source).map(({ text }) => text);
const names = (source: string) => parameterList(source).map(({ name }) => name);

it.each<[string, string, string[]]>([
  ["an address", '(url = "https://example.org", b = "x") => 1', ["url", "b"]],
  ["a text that looks like a comment", "(a = '/*', b = \"*/\") => 1", ["a", "b"]],
  ["brackets and commas in texts", "(a = '),(', b = \"[{\", c = `(`) => 1", ["a", "b", "c"]],
  ["quotes in texts", "(a = \"it's\", b = 'a \\' b, c') => 1", ["a", "b"]],
  [
    "templates with code in them",
    `(a = \`\${[1].map((n) => \`\${n},)\`)}//\`, b = \`\\\`,\`) => 1`,
    ["a", "b"],
  ],
  ["regular expressions", "(a = /[/),]\\/(/gu, b = /'/, c = 1) => 1", ["a", "b", "c"]],
  ["divisions", "(a = 6 / 2, b = (4) / 2, c = a++ / 2, d = 1 / 2) => 1", ["a", "b", "c", "d"]],
  ["comments", "(a /* ,x */, // the first (\n b, /* \"' */ c) => 1", ["a", "b", "c"]],
  ["functions", "(a = (x, y) => x + y, b = function (z) { return /,(/; }) => 1", ["a", "b"]],
  ["patterns", "({ a = 1 }, [b], ...rest) => 1", [undefined, undefined, "rest"] as string[]],
  ["a last comma, and lines", "(\n  a,\n  b = 2,\n) => 1", ["a", "b"]],
  ["a name alone", "async /* it */ page => page", ["page"]],
  ["a method", "async *load(a, b) {}", ["a", "b"]],
  ['a method whose name is a text with "("', '["load("](a, b) {}', ["a", "b"]],
  ["no parameters", "() => [1].map((n) => n)", []],
  ["native code", "function () { [native code] }", []],
])("a function's parameters are found past %s", (_, source, expected) => {
  expect(names(source)).toEqual(expected);
});

it("their texts are the same whatever the comments and gaps, and say which has a default", () => {
  const wide = "(\n  a, // the first\n  b   =  /* two */ '2  ,',\n  { c = 3 },\n  d = (x) => x,\n) => 1";
  expect(texts(wide)).toEqual(["a", "b = '2  ,'", "{ c = 3 }", "d = (x) => x"]);
  expect(parameterList(wide).map(({ hasDefault }) => hasDefault)).toEqual([false, true, true, true]);
  expect(parameterList("({ c }, [d], ...e) => 1").some(({ hasDefault }) => hasDefault)).toBe(false);
});

it.each(["", "(", "(a = `${", "(a = '", "(a = /", "(a = /* "])(
  "half a function, %j, ends the search",
  (source) => {
    expect(() => parameterList(source)).not.toThrow();
  },
);
