import type { UploadedObject } from "./browser-links.ts";
import { type ReportPage, renderReportPage } from "./html.ts";
import { escapeMarkdown, markdownTable } from "./markdown.ts";
import { markdownLines, markdownLinks, readableMoment } from "./page-words.ts";
import type { UsersReport } from "./users-report.ts";

/** The report of Migrate Users as a page. */
export function renderUsersPage(report: UsersReport): string {
  const counts: ReportPage["counts"] = [
    { label: "users in Oracle", value: report.oracle_users_extracted },
    {
      label: report.dry_run ? "users to be created" : "users created",
      value: report.users_created,
      tone: "good",
    },
    { label: "skipped", value: report.users_skipped },
    { label: report.dry_run ? "to be repaired" : "repaired", value: report.users_repaired, tone: "good" },
    { label: "values cut or changed", value: report.truncations.total },
    { label: "errors", value: report.error_count, tone: "bad" },
  ];
  return renderReportPage({
    title: "Migrate Users",
    summary: sentence(report),
    notice: report.dry_run
      ? "Dry run: nothing was written. These figures are what a real run would have done."
      : undefined,
    counts,
    sections: [
      {
        title: "Errors",
        empty: "None: every user is in Specify.",
        columns: ["User and reason"],
        rows: report.errors.map((line) => [line]),
      },
      {
        title: "Values changed to what Specify's columns hold",
        empty: "None.",
        columns: ["User, column, change"],
        rows: report.truncations.named.map((line) => [line]),
      },
      {
        title: "Groups by museum",
        empty: "No user is in any group.",
        columns: ["Museum", "Groups"],
        rows: report.group_to_museum_mapping.map(({ museum, groups }) => [museum, groups.join(", ")]),
      },
    ],
    facts: [
      ["Made", readableMoment(report.generated_at_utc)],
      ["Oracle", `${report.oracle_env}, USD_METADATA.BRUKARAR`],
      ["Phase", report.migration_phase],
    ],
  });
}

/** The summary for Prefect's artifact, with links to the report where it was uploaded. */
export function renderUsersMarkdown(report: UsersReport, uploaded: readonly UploadedObject[]): string {
  const lines = [
    `# Migrate Users${report.dry_run ? " (dry run)" : ""}`,
    escapeMarkdown(sentence(report)),
    markdownTable(
      ["", "count"],
      [
        ["users in Oracle", report.oracle_users_extracted],
        ["users created", report.users_created],
        ["users skipped", report.users_skipped],
        ["of these: second row of a user name", report.users_duplicate],
        ["of these: repaired", report.users_repaired],
        ["agents created", report.agents_created],
        ["values cut or changed", report.truncations.total],
        ["errors", report.error_count],
      ],
    ),
  ];
  lines.push(...markdownLines("Errors", report.errors), markdownLinks(uploaded));
  return `${lines.join("\n\n")}\n`;
}

function sentence(report: UsersReport): string {
  const {
    dry_run: dry,
    oracle_users_extracted: all,
    users_created: created,
    users_skipped: skipped,
  } = report;
  const plural = (count: number): string => (dry ? "would be" : count === 1 ? "was" : "were");
  return (
    `Of ${all} users in Oracle ${created} ${plural(created)} created in Specify, ${skipped} ${plural(skipped)} skipped, ` +
    `and ${report.error_count} ${dry ? "would fail" : "failed"}.`
  );
}
