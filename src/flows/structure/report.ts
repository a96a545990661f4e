import { REPORT_CATEGORIES, reportTimestamp } from "../../reports/keys.ts";
import { firstLines } from "../../reports/report.ts";
import { reportFiles } from "../../reports/report-files.ts";
import { renderStructurePage } from "../../reports/structure-page.ts";
import { type StructureReport, structureReportSchema } from "../../reports/structure-report.ts";
import type { ReportFile } from "../../reports/upload.ts";
import type { ReadConfig } from "./config.ts";
import type { SyncedStructure } from "./sync.ts";
import type { CreatedRow } from "./write.ts";

/**
 * The report of a run.
 * @throws ZodError when its counts do not add up
 */
export function makeStructureReport(
  { path, config }: ReadConfig,
  { plan, written }: SyncedStructure,
  dryRun: boolean,
): StructureReport {
  const moment = reportTimestamp(new Date());
  const disciplines = config.divisions.flatMap((division) => division.disciplines);
  const count = (rows: readonly CreatedRow[], kind: CreatedRow["kind"]): number =>
    rows.filter((row) => row.kind === kind).length;
  return structureReportSchema.parse({
    report_version: 1,
    flow: "sync_specify_structure",
    migration_phase: "structure",
    generated_at_utc: moment,
    timestamp_utc: moment,
    oracle_env: "none",
    dry_run: dryRun,
    config_path: path,
    institution_name: config.institution_name,
    divisions_in_config: config.divisions.length,
    divisions_created: count(written.created, "division"),
    divisions_skipped: count(written.skipped, "division"),
    disciplines_in_config: disciplines.length,
    disciplines_created: count(written.created, "discipline"),
    disciplines_skipped: count(written.skipped, "discipline"),
    collections_in_config: disciplines.flatMap(({ collections }) => collections).length,
    collections_created: count(written.created, "collection"),
    collections_skipped: count(written.skipped, "collection"),
    created: written.created,
    warnings: plan.warnings,
    error_count: written.errors.length,
    errors: firstLines(written.errors),
  } satisfies StructureReport);
}

/** The report as it is uploaded: for programs and for people. */
export function structureReportFiles(report: StructureReport): ReportFile[] {
  return reportFiles(REPORT_CATEGORIES.structure, report, renderStructurePage(report));
}
