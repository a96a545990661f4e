import { describe, expect, it } from "vitest";
import { humanDifference, parseDuration, parseMoment } from "../../src/cli/time.ts";

describe("parseDuration", () => {
  it.each([
    ["10 minutes", 600],
    ["1 hour", 3_600],
    ["an hour", 3_600],
    ["1 hour 30 minutes", 5_400],
    ["1 hour and 30 minutes", 5_400],
    ["1h30m", 5_400],
    ["1.5 hours", 5_400],
    ["90s", 90],
    ["2 days", 172_800],
    ["01:30:00", 5_400],
    ["PT90M", 5_400],
    ["P1DT2H", 93_600],
  ])("reads %j as %d seconds", (text, seconds) => {
    expect(parseDuration(text)).toBe(seconds * 1000);
  });

  it.each(["", "soon", "10", "10 parsecs", "minutes", "1 hour ago", "-5 minutes"])(
    "does not read %j",
    (text) => {
      expect(parseDuration(text)).toBeUndefined();
    },
  );
});

describe("parseMoment", () => {
  const now = new Date(2026, 5, 15, 12, 0, 0);

  it.each([
    ["2026-08-01 17:30", new Date(2026, 7, 1, 17, 30)],
    ["2026-08-01", new Date(2026, 7, 1)],
    ["2026-08-01T17:30:00Z", new Date(Date.UTC(2026, 7, 1, 17, 30))],
    ["at 17:30", new Date(2026, 5, 15, 17, 30)],
    ["5:30pm", new Date(2026, 5, 15, 17, 30)],
    ["12am", new Date(2026, 5, 16, 0, 0)],
    ["11:59", new Date(2026, 5, 16, 11, 59)],
    ["tomorrow 6:00", new Date(2026, 5, 16, 6, 0)],
    ["tomorrow at 17:30", new Date(2026, 5, 16, 17, 30)],
  ])("reads %j", (text, moment) => {
    expect(parseMoment(text, now)).toEqual(moment);
  });

  it.each(["", "5", "25:00", "10:99", "later", "2026-13-45", "01.08.2026"])("does not read %j", (text) => {
    expect(parseMoment(text, now)).toBeUndefined();
  });
});

describe("humanDifference", () => {
  const now = Date.UTC(2026, 0, 1);

  it.each([
    [3, "in a few seconds"],
    [-3, "a few seconds ago"],
    [-45, "45 seconds ago"],
    [-60, "1 minute ago"],
    [-7_300, "2 hours ago"],
    [600, "in 10 minutes"],
    [-90_000, "1 day ago"],
    [-1_300_000, "2 weeks ago"],
  ])("says %d seconds as %j", (seconds, text) => {
    expect(humanDifference(new Date(now + seconds * 1000).toISOString(), now)).toBe(text);
  });
});
