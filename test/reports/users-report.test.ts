import { describe, expect, test } from "vitest";
import { firstLines, truncations } from "../../src/reports/report.ts";
import { renderUsersMarkdown, renderUsersPage } from "../../src/reports/users-page.ts";
import { type UsersReport, usersReportSchema } from "../../src/reports/users-report.ts";

const report: UsersReport = {
  report_version: 1,
  flow: "migrate_users",
  migration_phase: "1.4",
  generated_at_utc: "20260410T145733Z",
  oracle_env: "PROD",
  dry_run: false,
  oracle_users_extracted: 10,
  users_created: 5,
  users_skipped: 4,
  users_duplicate: 1,
  users_repaired: 1,
  agents_created: 6,
  agents_linked: 6,
  error_count: 1,
  errors: ["Error migrating user '<script>alert(1)</script>': Data | too long"],
  truncations: { total: 1, named: ["ola: agent.FirstName had 60 characters, cut to 50"] },
  group_to_museum_mapping: [{ museum: "(none)", groups: ["A & B"] }],
};

describe("the shape", () => {
  test("takes a report whose counts add up", () => {
    expect(usersReportSchema.parse(report)).toEqual(report);
  });

  test.each([
    [
      "oracle_users_extracted",
      11,
      "oracle_users_extracted is 11, but users_created + users_skipped + error_count is 10",
    ],
    ["agents_created", 5, "agents_created is 5, but users_created + users_repaired is 6"],
    ["agents_linked", 0, "agents_linked is 0, but agents_created is 6"],
    ["users_duplicate", 4, "more users were repaired or duplicate than were skipped"],
    ["users_created", -1, "Too small"],
    ["generated_at_utc", "today", "Invalid string"],
  ])("refuses %s = %s", (field, value, words) => {
    expect(() => usersReportSchema.parse({ ...report, [field]: value })).toThrow(words);
  });

  test("names at most 200 lines, then how many more there were", () => {
    const lines = Array.from({ length: 250 }, (_none, index) => `line ${index}`);
    expect(firstLines(lines)).toHaveLength(201);
    expect(firstLines(lines).at(-1)).toBe("… and 50 more");
    expect(firstLines(lines.slice(0, 200))).toHaveLength(200);
    expect(truncations(lines)).toMatchObject({ total: 250, named: { length: 200 } });
  });
});

describe("report.html", () => {
  test("escapes everything, has no scripts and loads nothing", () => {
    const page = renderUsersPage(report);
    expect(page).toContain("&lt;script&gt;alert(1)&lt;/script&gt;");
    expect(page).toContain("A &amp; B");
    expect(page).not.toMatch(/<script|<link|<img|src=|@import|url\(/);
    expect(page).toContain("default-src 'none'");
  });

  test("says in words what happened, and that a dry run wrote nothing", () => {
    expect(renderUsersPage(report)).toContain("Of 10 users in Oracle 5 were created in Specify");
    expect(renderUsersPage(report)).not.toContain("Dry run");
    expect(renderUsersPage({ ...report, dry_run: true })).toContain("Dry run: nothing was written");
  });
});

describe("the artifact", () => {
  test("has the counts, the errors and links to the report", () => {
    const text = renderUsersMarkdown(report, [
      {
        address: "s3://bucket/a b/report.json",
        link: "https://s3.example.org/bucket/a%20b/report.json?X-Amz-Expires=1",
      },
      { address: "s3://bucket/a b/report.html", link: undefined },
    ]);
    expect(text).toContain("| users created | 5 |");
    expect(text).toContain("Data \\| too long");
    expect(text).not.toContain("<script>");
    expect(text).toContain(
      "- [s3://bucket/a b/report.json](https://s3.example.org/bucket/a%20b/report.json?X-Amz-Expires=1)\n- s3://bucket/a b/report.html\n\n" +
        "The links hold for 7 days,",
    );
  });

  test("says so when the report was not uploaded", () => {
    expect(renderUsersMarkdown(report, [])).toContain("`S3_BUCKET` is not set");
  });
});
