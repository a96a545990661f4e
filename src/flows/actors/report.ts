import { renderActorsPage } from "../../reports/actors-page.ts";
import { type ActorsReport, actorsReportSchema } from "../../reports/actors-report.ts";
import { REPORT_CATEGORIES, reportTimestamp } from "../../reports/keys.ts";
import { reportFiles } from "../../reports/report-files.ts";
import type { ReportFile } from "../../reports/upload.ts";
import type { LoadedActors } from "./load.ts";
import type { MusitSchema } from "./schemas.ts";

/**
 * The report of a run.
 * @throws ZodError when its counts do not add up
 */
export function makeActorsReport(
  loaded: LoadedActors,
  { oracleEnv, dryRun, schemas }: { oracleEnv: string; dryRun: boolean; schemas: readonly MusitSchema[] },
): ActorsReport {
  return actorsReportSchema.parse({
    report_version: 1,
    flow: "migrate_musit_agents",
    migration_phase: "1.1",
    generated_at_utc: reportTimestamp(new Date()),
    oracle_env: oracleEnv,
    dry_run: dryRun,
    musit_schemas: [...schemas],
    oracle_actors_extracted: Object.values(loaded.typeCounts).reduce((a, b) => a + b, 0),
    oracle_rows_per_schema: loaded.rowsPerSchema,
    oracle_actor_type_counts: loaded.typeCounts,
    agents_created: loaded.created,
    agents_skipped: loaded.skipped,
    agents_linked: 0,
    schemas_processed: [...schemas].sort(),
    error_count: loaded.errors.total,
    errors: loaded.errors.errors(),
    truncations: loaded.truncations.truncations(),
  } satisfies ActorsReport);
}

/** The report as it is uploaded: for programs and for people. */
export function actorsReportFiles(report: ActorsReport): ReportFile[] {
  return reportFiles(REPORT_CATEGORIES.actors, report, renderActorsPage(report));
}
