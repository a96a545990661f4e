import { expect, test } from "vitest";
import { agentDate, readableDate } from "../../../src/flows/actors/agent-date.ts";

const date = (year: number, month: number, day: number) => ({
  year,
  month,
  day,
  hour: 23,
  minute: 59,
  second: 59,
});

test("years from 1 to 9999 are held exactly, without their time of day", () => {
  expect(agentDate(date(1, 1, 1))).toBe("0001-01-01");
  expect(agentDate(date(79, 8, 25))).toBe("0079-08-25");
  expect(agentDate(date(2000, 2, 29))).toBe("2000-02-29");
  expect(agentDate(date(9999, 12, 31))).toBe("9999-12-31");
});

test("what the calendar of today does not have is not held", () => {
  for (const one of [
    date(1500, 2, 29),
    date(1900, 2, 29),
    date(2001, 4, 31),
    date(-44, 3, 15),
    date(0, 0, 0),
    date(10_000, 1, 1),
  ])
    expect(agentDate(one)).toBeUndefined();
});

test("a date before Christ is named so", () => {
  expect(readableDate(date(-44, 3, 15))).toBe("0044-03-15 BC");
});
