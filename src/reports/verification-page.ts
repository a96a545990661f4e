import type { UploadedObject } from "./browser-links.ts";
import { renderReportPage } from "./html.ts";
import { escapeMarkdown, markdownTable } from "./markdown.ts";
import { markdownLines, markdownLinks, readableMoment } from "./page-words.ts";
import type { VerificationReport } from "./verification-report.ts";

const AREA_COLUMNS = [
  "Table",
  "In Oracle",
  "In Specify",
  "Equal",
  "Missing",
  "Different",
  "Extra",
  "Kept",
  "Not to be migrated",
];

/** The report of Verify migration as a page. */
export function renderVerificationPage(report: VerificationReport): string {
  const total = (name: "oracle_rows" | "equal"): number =>
    report.areas.reduce((sum, one) => sum + one[name], 0);
  const lines = (title: string, shown: readonly string[]) => ({
    title,
    empty: "None.",
    columns: ["What"],
    rows: shown.map((line) => [line]),
  });
  return renderReportPage({
    title: "Verify migration",
    summary: verificationSentence(report),
    counts: [
      { label: "rows in Oracle", value: total("oracle_rows") },
      { label: "equal in Specify", value: total("equal"), tone: "good" },
      { label: "missing", value: report.missing_count, tone: "bad" },
      { label: "different", value: report.different_count, tone: "bad" },
      { label: "extra", value: report.extra_count, tone: "bad" },
      { label: "values cut or changed", value: report.truncations.total },
    ],
    sections: [
      {
        title: "By table",
        empty: "Nothing was compared.",
        columns: AREA_COLUMNS,
        rows: areaRows(report).map((row) =>
          row.map((cell) => (typeof cell === "number" ? cell.toLocaleString("en-US") : cell)),
        ),
      },
      lines("Missing in Specify", report.missing),
      lines("Different", report.different),
      lines("Extra in Specify", report.extra),
      lines("Values changed to what Specify's columns hold", report.truncations.named),
    ],
    facts: [
      ["Made", readableMoment(report.generated_at_utc)],
      ["Oracle", report.oracle_env],
    ],
  });
}

/** The summary for Prefect's artifact, with links to the report where it was uploaded. */
export function renderVerificationMarkdown(
  report: VerificationReport,
  uploaded: readonly UploadedObject[],
): string {
  const lines = [
    "# Verify migration",
    escapeMarkdown(verificationSentence(report)),
    markdownTable(AREA_COLUMNS, areaRows(report)),
    ...markdownLines("Missing in Specify", report.missing),
    ...markdownLines("Different", report.different),
    ...markdownLines("Extra in Specify", report.extra),
    `Values cut or changed to what Specify's columns hold: ${report.truncations.total}.`,
    markdownLinks(uploaded),
  ];
  return `${lines.join("\n\n")}\n`;
}

/** What was found, in one sentence: also for the run's state. */
export function verificationSentence(report: VerificationReport): string {
  const { missing_count: missing, different_count: different, extra_count: extra } = report;
  if (report.is_complete)
    return "Specify has all that is to be migrated from Oracle: nothing is missing, different or extra.";
  return `Specify differs from Oracle: ${missing} missing, ${different} different, ${extra} extra.`;
}

function areaRows({ areas }: VerificationReport): (string | number)[][] {
  return areas.map((one) => [
    one.area,
    one.oracle_rows,
    one.specify_rows,
    one.equal,
    one.missing,
    one.different,
    one.extra,
    one.kept,
    one.not_migrated,
  ]);
}
