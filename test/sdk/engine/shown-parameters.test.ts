import { expect, it } from "vitest";
import { shownParameters } from "../../../src/sdk/engine/shown-parameters.ts";
import { hidden } from "../../../src/sdk/secret-value.ts";

class Connection {
  readonly password = "musit";
}

it.each<[string, unknown, unknown]>([
  ["JSON, as it is", { a: [1, "b", null, { c: true }] }, { a: [1, "b", null, { c: true }] }],
  ["a moment", new Date("2026-01-02T03:04:05Z"), "2026-01-02T03:04:05.000Z"],
  ["a number that JSON has not", [Number.NaN, 2n ** 64n], ["NaN", "18446744073709551616"]],
  ["a Map", new Map([[1, 2]]), "<Map>"],
  ["an object with a class", { at: [new Connection()] }, { at: ["<Connection>"] }],
  ["bytes", Buffer.from("abc"), "<Buffer>"],
  ["a function", () => 1, "<function>"],
  ["a secret", hidden("musit"), "********"],
  ["undefined in a list", [undefined, 1], [null, 1]],
])("the server is shown %s", (_, value, shown) => {
  expect(shownParameters({ value, left: undefined })).toEqual({ value: shown });
});

it("what lies in itself, and what throws, is shown too", () => {
  const ring: Record<string, unknown> = { name: "ring" };
  ring.self = [ring];
  const broken = {
    get size() {
      throw new Error("it leaks");
    },
  };
  expect(shownParameters({ ring, broken, twice: [ring.name, ring.name] })).toEqual({
    ring: { name: "ring", self: ["<circular>"] },
    broken: "<Object: it leaks>",
    twice: ["ring", "ring"],
  });
});
