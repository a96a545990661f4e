import { expect, it } from "vitest";
import { ServerClock } from "../../src/prefect/http/server-clock.ts";

const learnt = (date: string | undefined, took = 100) => {
  const clock = new ServerClock();
  const now = Date.now();
  clock.answered(date, now - took, now);
  return Math.round((clock.now() - Date.now()) / 1000);
};
const dateIn = (seconds: number) => new Date(Date.now() + seconds * 1000).toUTCString();

it.each([
  ["a minute ahead", 60],
  ["a minute behind", -60],
])("a server whose clock is %s is believed", (_, seconds) => {
  expect(Math.abs(learnt(dateIn(seconds)) - seconds)).toBeLessThanOrEqual(1);
});

it.each([
  ["the same time", dateIn(0), 100],
  ["a time within the tolerance of whole seconds", dateIn(-1), 100],
  ["a time that a slow answer explains", dateIn(-20), 60_000],
  ["no time", undefined, 100],
  ["something that is no time", "soon", 100],
])("an answer that tells %s changes nothing", (_, date, took) => {
  expect(learnt(date, took)).toBe(0);
});
