import { describe, expect, test } from "vitest";
import { renderStructureMarkdown, renderStructurePage } from "../../src/reports/structure-page.ts";
import { type StructureReport, structureReportSchema } from "../../src/reports/structure-report.ts";

const report: StructureReport = {
  report_version: 1,
  flow: "sync_specify_structure",
  migration_phase: "structure",
  generated_at_utc: "20260413T074900Z",
  timestamp_utc: "20260413T074900Z",
  oracle_env: "none",
  dry_run: false,
  config_path: "config/specify_structure/unimus_natur.yaml",
  institution_name: "UniMus:Natur",
  divisions_in_config: 1,
  divisions_created: 0,
  divisions_skipped: 1,
  disciplines_in_config: 2,
  disciplines_created: 1,
  disciplines_skipped: 1,
  collections_in_config: 3,
  collections_created: 1,
  collections_skipped: 1,
  created: [
    { kind: "discipline", name: "Biology / <Fugl>" },
    { kind: "collection", name: "Fugl / NHM" },
  ],
  warnings: ["Discipline | elsewhere"],
  error_count: 1,
  errors: ["Error creating collection 'UM': no tree"],
};

describe("the shape", () => {
  test("takes a report whose counts add up", () => {
    expect(structureReportSchema.parse(report)).toEqual(report);
  });

  test.each([
    [
      "collections_in_config",
      4,
      "the number of rows in the file is 7, but created + skipped + error_count is 6",
    ],
    ["error_count", 0, "the number of rows in the file is 6, but created + skipped + error_count is 5"],
    ["disciplines_created", 2, "disciplines_created is 2, but its names in created is 1"],
    ["created", [], "collections_created is 1, but its names in created is 0"],
    [
      "timestamp_utc",
      "20260413T074901Z",
      "timestamp_utc is 20260413T074901Z, but generated_at_utc is 20260413T074900Z",
    ],
    ["oracle_env", "PROD", "Invalid input"],
  ])("refuses %s = %s", (field, value, words) => {
    expect(() => structureReportSchema.parse({ ...report, [field]: value })).toThrow(words);
  });
});

describe("report.html", () => {
  test("escapes everything, has no scripts and loads nothing", () => {
    const page = renderStructurePage(report);
    expect(page).toContain("Biology / &lt;Fugl&gt;");
    expect(page).not.toMatch(/<script|<link|<img|src=|@import|url\(/);
  });

  test("says in words what happened, and that a dry run wrote nothing", () => {
    expect(renderStructurePage(report)).toContain(
      "Of 6 divisions, disciplines and collections in the file 2 were created in Specify, 3 were there already, and 1 could not be created.",
    );
    expect(renderStructurePage(report)).not.toContain("Dry run");
    const dry = renderStructurePage({ ...report, dry_run: true });
    expect(dry).toContain("Dry run: nothing was written");
    expect(dry).toContain("2 would be created");
  });
});

describe("the artifact", () => {
  test("has the counts, errors, warnings, what was created, and links to the report", () => {
    const text = renderStructureMarkdown(report, [
      { address: "s3://bucket/a/report.json", link: "https://s3.example.org/bucket/a/report.json" },
    ]);
    expect(text).toContain("| disciplines | 2 | 1 | 1 |");
    expect(text).toContain("Discipline \\| elsewhere");
    expect(text).toContain("- discipline Biology / \\<Fugl\\>");
    expect(text).toContain("[s3://bucket/a/report.json](https://s3.example.org/bucket/a/report.json)");
  });

  test("says so when the report was not uploaded", () => {
    expect(renderStructureMarkdown(report, [])).toContain("`S3_BUCKET` is not set");
  });
});
