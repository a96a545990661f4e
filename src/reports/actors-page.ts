import type { ActorsReport } from "./actors-report.ts";
import type { UploadedObject } from "./browser-links.ts";
import { renderReportPage } from "./html.ts";
import { escapeMarkdown, markdownTable } from "./markdown.ts";
import { markdownLines, markdownLinks, readableMoment } from "./page-words.ts";

/** The report of Migrate MUSIT Actors as a page. */
export function renderActorsPage(report: ActorsReport): string {
  return renderReportPage({
    title: "Migrate MUSIT Actors",
    summary: sentence(report),
    notice: report.dry_run
      ? "Dry run: nothing was written. These figures are what a real run would have done."
      : undefined,
    counts: [
      { label: "actors in Oracle", value: report.oracle_actors_extracted },
      {
        label: report.dry_run ? "agents to be created" : "agents created",
        value: report.agents_created,
        tone: "good",
      },
      { label: "skipped, there already", value: report.agents_skipped },
      { label: "values cut or changed", value: report.truncations.total },
      { label: "errors", value: report.error_count, tone: "bad" },
    ],
    sections: [
      {
        title: "Errors",
        empty: "None: every actor is in Specify.",
        columns: ["Actor and reason"],
        rows: report.errors.map((line) => [line]),
      },
      {
        title: "Actors by schema",
        empty: "No schema was read.",
        columns: ["Schema", "Actors"],
        rows: numbered(report.oracle_rows_per_schema),
      },
      {
        title: "Actors by type",
        empty: "No actor was read.",
        columns: ["ACTOR_TYPE", "Actors"],
        rows: numbered(report.oracle_actor_type_counts),
      },
      {
        title: "Values changed to what Specify's columns hold",
        empty: "None.",
        columns: ["Actor, column, change"],
        rows: report.truncations.named.map((line) => [line]),
      },
    ],
    facts: [
      ["Made", readableMoment(report.generated_at_utc)],
      ["Oracle", report.oracle_env],
      ["Phase", report.migration_phase],
    ],
  });
}

/** The summary for Prefect's artifact, with links to the report where it was uploaded. */
export function renderActorsMarkdown(report: ActorsReport, uploaded: readonly UploadedObject[]): string {
  const lines = [
    `# Migrate MUSIT Actors${report.dry_run ? " (dry run)" : ""}`,
    escapeMarkdown(sentence(report)),
    markdownTable(
      ["", "count"],
      [
        ["actors in Oracle", report.oracle_actors_extracted],
        ...Object.entries(report.oracle_rows_per_schema).map(([schema, rows]): [string, number] => [
          `of these in ${schema}`,
          rows,
        ]),
        ["agents created", report.agents_created],
        ["agents skipped, there already", report.agents_skipped],
        ["values cut or changed", report.truncations.total],
        ["errors", report.error_count],
      ],
    ),
    ...markdownLines("Errors", report.errors),
    markdownLinks(uploaded),
  ];
  return `${lines.join("\n\n")}\n`;
}

function sentence(report: ActorsReport): string {
  const {
    dry_run: dry,
    oracle_actors_extracted: all,
    agents_created: created,
    agents_skipped: skipped,
  } = report;
  const were = (count: number): string => (dry ? "would be" : count === 1 ? "was" : "were");
  return (
    `Of ${all} actors in Oracle ${created} ${were(created)} created in Specify as agents, ${skipped} ${were(skipped)} skipped, ` +
    `and ${report.error_count} ${dry ? "would fail" : "failed"}.`
  );
}

function numbered(counts: Readonly<Record<string, number>>): string[][] {
  return Object.entries(counts).map(([name, value]) => [name, value.toLocaleString("en-US")]);
}
