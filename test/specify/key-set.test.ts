import { expect, test } from "vitest";
import { KeySet } from "../../src/specify/key-set.ts";

test("holds numbers in any order, and those with more digits than a number has", () => {
  const keys = new KeySet();
  for (const key of ["30", "-1", "0", "9007199254740993", "7", "30"]) keys.add(key);
  for (let key = 5000; key > 1000; key -= 1) keys.add(String(key));
  for (const key of [30, -1, 0, 7, 1001, 5000, "9007199254740993", "30"]) expect(keys.has(key)).toBe(true);
  for (const key of [1, 8, 1000, 5001, "9007199254740992", "9007199254740994"])
    expect(keys.has(key)).toBe(false);
  expect(keys.size).toBe(4006);
});

test("has nothing when empty", () => {
  expect(new KeySet().has(0)).toBe(false);
});
