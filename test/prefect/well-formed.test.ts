import { expect, it } from "vitest";
import { cutText, jsonText } from "../../src/prefect/well-formed.ts";

it("half of a surrogate pair becomes U+FFFD, in values and in names; everything else stays as it was", () => {
  const given = { "\ud83d": ["a\udc00b", "\\ud83d", "\\\ud83d", "🦊", '"\n\u0001'] };
  expect(JSON.parse(jsonText(given))).toEqual({
    "\ufffd": ["a\ufffdb", "\\ud83d", "\\\ufffd", "🦊", '"\n\u0001'],
  });
  expect(jsonText({ a: "🦊" })).toBe(JSON.stringify({ a: "🦊" }));
});

it("a text is cut before a pair rather than inside of it", () => {
  expect(cutText("a🦊b", 2)).toBe("a");
  expect(cutText("a🦊b", 3)).toBe("a🦊");
  expect(cutText("ab", 9)).toBe("ab");
});
