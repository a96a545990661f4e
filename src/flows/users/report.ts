import { REPORT_CATEGORIES, reportTimestamp } from "../../reports/keys.ts";
import { firstLines, truncations } from "../../reports/report.ts";
import { reportFiles } from "../../reports/report-files.ts";
import type { ReportFile } from "../../reports/upload.ts";
import { renderUsersPage } from "../../reports/users-page.ts";
import { type UsersReport, usersReportSchema } from "../../reports/users-report.ts";
import type { LoadedUsers } from "./load.ts";
import { groupsByMuseum } from "./museums.ts";
import type { OracleUsers } from "./oracle-users.ts";

/**
 * The report of a run.
 * @throws ZodError when its counts do not add up
 */
export function makeUsersReport(
  source: OracleUsers,
  { plan, written }: LoadedUsers,
  { oracleEnv, dryRun }: { oracleEnv: string; dryRun: boolean },
): UsersReport {
  const errors = [...plan.errors, ...written.errors];
  const agents = written.created + written.repaired;
  return usersReportSchema.parse({
    report_version: 1,
    flow: "migrate_users",
    migration_phase: "1.4",
    generated_at_utc: reportTimestamp(new Date()),
    oracle_env: oracleEnv,
    dry_run: dryRun,
    oracle_users_extracted: source.users.length,
    users_created: written.created,
    users_skipped: plan.present + plan.duplicates.length + written.repaired,
    users_duplicate: plan.duplicates.length,
    users_repaired: written.repaired,
    agents_created: agents,
    agents_linked: agents,
    error_count: errors.length,
    errors: firstLines(errors),
    truncations: truncations(written.truncations),
    group_to_museum_mapping: groupsByMuseum(source),
  });
}

/** The report as it is uploaded: for programs and for people. */
export function usersReportFiles(report: UsersReport): ReportFile[] {
  return reportFiles(REPORT_CATEGORIES.users, report, renderUsersPage(report));
}
