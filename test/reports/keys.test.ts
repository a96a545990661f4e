import { expect, test } from "vitest";
import {
  connectivityCheckKey,
  REPORT_CATEGORIES,
  reportKey,
  reportTimestamp,
} from "../../src/reports/keys.ts";

const moment = reportTimestamp(new Date("2026-04-10T14:57:33.987Z"));

test("a report lies under its prefix, category and moment", () => {
  expect(reportKey(REPORT_CATEGORIES.users, moment, "report.json", {})).toBe(
    "migration-reports/application-users-usd-metadata-brukarar/20260410T145733Z/report.json",
  );
});

test.each(["prod/reports", "/prod/reports/", " prod/reports "])("the prefix may be written %j", (prefix) => {
  expect(
    reportKey(REPORT_CATEGORIES.users, moment, "report.html", { S3_MIGRATION_REPORTS_PREFIX: prefix }),
  ).toBe("prod/reports/application-users-usd-metadata-brukarar/20260410T145733Z/report.html");
});

test("a blank prefix falls back", () => {
  expect(
    reportKey(REPORT_CATEGORIES.users, moment, "report.json", { S3_MIGRATION_REPORTS_PREFIX: "/" }),
  ).toMatch(/^migration-reports\//);
  expect(connectivityCheckKey(moment, {})).toBe("oracle-schema/connectivity-check/20260410T145733Z.txt");
});
