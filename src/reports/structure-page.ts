import type { UploadedObject } from "./browser-links.ts";
import { renderReportPage } from "./html.ts";
import { escapeMarkdown, markdownTable } from "./markdown.ts";
import { markdownLines, markdownLinks, readableMoment } from "./page-words.ts";
import type { StructureReport } from "./structure-report.ts";

const KINDS = ["divisions", "disciplines", "collections"] as const;

/** The report of Sync Specify structure as a page. */
export function renderStructurePage(report: StructureReport): string {
  return renderReportPage({
    title: "Sync Specify structure",
    summary: sentence(report),
    notice: report.dry_run
      ? "Dry run: nothing was written. These figures are what a real run would have done."
      : undefined,
    counts: [
      ...KINDS.map((kind) => ({
        label: `${kind} ${report.dry_run ? "to be created" : "created"}`,
        value: report[`${kind}_created`],
        tone: "good" as const,
      })),
      { label: "there already", value: skipped(report) },
      { label: "warnings", value: report.warnings.length },
      { label: "errors", value: report.error_count, tone: "bad" },
    ],
    sections: [
      {
        title: "Errors",
        empty: "None: all of the file is in Specify.",
        columns: ["Row and reason"],
        rows: report.errors.map((line) => [line]),
      },
      {
        title: "Warnings",
        empty: "None.",
        columns: ["To be looked at"],
        rows: report.warnings.map((line) => [line]),
      },
      {
        title: report.dry_run ? "To be created" : "Created",
        empty: "Nothing: all of it is there already.",
        columns: ["What", "Name"],
        rows: report.created.map(({ kind, name }) => [kind, name]),
      },
    ],
    facts: [
      ["Made", readableMoment(report.generated_at_utc)],
      ["Institution", report.institution_name],
      ["File", report.config_path],
    ],
  });
}

/** The summary for Prefect's artifact, with links to the report where it was uploaded. */
export function renderStructureMarkdown(
  report: StructureReport,
  uploaded: readonly UploadedObject[],
): string {
  const lines = [
    `# Sync Specify structure${report.dry_run ? " (dry run)" : ""}`,
    escapeMarkdown(sentence(report)),
    markdownTable(
      ["", "in the file", "created", "there already"],
      KINDS.map((kind) => [
        kind,
        report[`${kind}_in_config`],
        report[`${kind}_created`],
        report[`${kind}_skipped`],
      ]),
    ),
    ...markdownLines("Errors", report.errors),
    ...markdownLines("Warnings", report.warnings),
    ...markdownLines(
      report.dry_run ? "To be created" : "Created",
      report.created.map(({ kind, name }) => `${kind} ${name}`),
    ),
    markdownLinks(uploaded),
  ];
  return `${lines.join("\n\n")}\n`;
}

function skipped(report: StructureReport): number {
  return KINDS.reduce((sum, kind) => sum + report[`${kind}_skipped`], 0);
}

function sentence(report: StructureReport): string {
  const { dry_run: dry, created, error_count: errors } = report;
  const all = KINDS.reduce((sum, kind) => sum + report[`${kind}_in_config`], 0);
  const were = (count: number): string => (dry ? "would be" : count === 1 ? "was" : "were");
  return (
    `Of ${all} divisions, disciplines and collections in the file ${created.length} ${were(created.length)} created in Specify, ` +
    `${skipped(report)} ${skipped(report) === 1 ? "was" : "were"} there already, and ${errors} could not be created.`
  );
}
