import { describe, expect, test } from "vitest";
import { exactNumber, wallClockAsUtc } from "../../src/oracle/values.ts";

describe("NUMBER", () => {
  test.each([
    ["0", 0],
    ["17", 17],
    ["-3.5", -3.5],
    [".5", 0.5],
    ["-.250", -0.25],
    ["9007199254740991", 9007199254740991],
    ["0.1", 0.1],
    ["1000000000000000000000", "1000000000000000000000"],
  ])("%s comes as %s", (text, value) => {
    expect(exactNumber(text)).toBe(value);
  });

  test.each([
    "9007199254740993",
    "12345678901234567890.12",
    "0.1000000000000000055511151231257827",
    "-99999999999999999999",
  ])("%s has more digits than a number holds and stays text", (text) => {
    expect(exactNumber(text)).toBe(text);
  });

  test("null stays null", () => {
    expect(exactNumber(null)).toBeNull();
  });
});

test("a DATE's own clock becomes the UTC fields, whatever this machine's time zone", () => {
  expect(wallClockAsUtc(new Date(1899, 11, 31, 23, 59, 58))?.toISOString()).toBe("1899-12-31T23:59:58.000Z");
  expect(wallClockAsUtc(new Date(2024, 2, 31, 12, 0, 0, 7))?.toISOString()).toBe("2024-03-31T12:00:00.007Z");
  expect(wallClockAsUtc(null)).toBeNull();
});
