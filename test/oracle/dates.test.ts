import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { OracleServer } from "../../dev/oracle/server.ts";
import { connectOracle } from "../../src/oracle/connect.ts";
import { exactDateSql, parseExactDate } from "../../src/oracle/dates.ts";
import { settingsFor, startStandIn } from "./support/stand-in.ts";

let server: OracleServer;
beforeAll(async () => {
  server = await startStandIn();
});
afterAll(() => server.close());

describe("a DATE that is selected by exactDateSql", () => {
  test.each([
    ["0001-01-01 00:00:00", { year: 1, month: 1, day: 1, hour: 0, minute: 0, second: 0 }],
    ["0099-12-31 23:59:59", { year: 99, month: 12, day: 31, hour: 23, minute: 59, second: 59 }],
    ["-0044-03-15 12:00:00", { year: -44, month: 3, day: 15, hour: 12, minute: 0, second: 0 }],
    // Left out by summer time in Norway.
    ["2024-03-31 02:30:00", { year: 2024, month: 3, day: 31, hour: 2, minute: 30, second: 0 }],
    ["9999-12-31 00:00:00", { year: 9999, month: 12, day: 31, hour: 0, minute: 0, second: 0 }],
  ])("comes exact: %s", async (stored, expected) => {
    await using session = await connectOracle(settingsFor(server));
    await server.load("TRIAL", "VALUES_OF_ALL_KINDS", [[expected.year, null, null, stored, null, null]]);
    const [row] = await session.query(
      `SELECT ${exactDateSql("DAY")} AS DAY FROM TRIAL.VALUES_OF_ALL_KINDS WHERE ID = :1`,
      [expected.year],
    );
    expect(parseExactDate(row?.DAY)).toEqual(expected);
  });

  test("stays null where it is null", () => {
    expect(parseExactDate(null)).toBeNull();
  });

  test("is refused when it was selected without", () => {
    expect(() => parseExactDate("2024-03-31")).toThrow('"2024-03-31" is no exact date');
    expect(() => parseExactDate(new Date(0))).toThrow("exactDateSql");
  });
});
