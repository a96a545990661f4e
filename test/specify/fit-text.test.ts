import { expect, test } from "vitest";
import { changeInWords, fitText, type TextChange } from "../../src/specify/fit-text.ts";

const columns = new Map([
  ["agent.firstname", { maxLength: 5, characterSet: "utf8mb4" }],
  ["agent.lastname", { maxLength: 5, characterSet: "utf8mb3" }],
]);

function fitted(
  value: string | null,
  column = "agent.FirstName",
): { text: string | null; cuts: TextChange[] } {
  const cuts: TextChange[] = [];
  return { text: fitText(value, column, columns, (cut) => cuts.push(cut)), cuts };
}

test("what fits stays as it is, without a note", () => {
  expect(fitted("Åshil")).toEqual({ text: "Åshil", cuts: [] });
  expect(fitted(null)).toEqual({ text: null, cuts: [] });
});

test("what is too long is cut to the column's characters, and noted without the value", () => {
  expect(fitted("Åshild")).toEqual({
    text: "Åshil",
    cuts: [{ column: "agent.FirstName", kind: "cut", length: 6, maxLength: 5 }],
  });
});

test("an emoji counts as one character and is never halved", () => {
  expect(fitted("🐟🐟🐟🐟🐟")).toEqual({ text: "🐟🐟🐟🐟🐟", cuts: [] });
  expect(fitted("🐟🐟🐟🐟🐟🐟").text).toBe("🐟🐟🐟🐟🐟");
});

test("no blank is left at the place of the cut", () => {
  expect(fitted("Anne Marie").text).toBe("Anne");
});

test("a column without room for emoji gets replacement characters, and they are noted", () => {
  expect(fitted("Å🐟", "agent.LastName")).toEqual({
    text: "Å\uFFFD",
    cuts: [{ column: "agent.LastName", kind: "replaced", count: 1, characterSet: "utf8mb3" }],
  });
  const { text, cuts } = fitted("🐟🐟Å🐟🐟🐟", "agent.LastName");
  expect(text).toBe("\uFFFD\uFFFDÅ\uFFFD\uFFFD");
  expect(cuts.map(changeInWords)).toEqual([
    "agent.LastName had 6 characters, cut to 5",
    "agent.LastName cannot hold 4 of its characters (its character set is utf8mb3), U+FFFD stands in their place",
  ]);
});

test("a column without a limit of its own takes everything", () => {
  expect(fitted("x".repeat(1000), "agent.Unknown").text).toHaveLength(1000);
});
