import { REPORT_CATEGORIES, reportTimestamp } from "../../reports/keys.ts";
import { reportFiles } from "../../reports/report-files.ts";
import type { ReportFile } from "../../reports/upload.ts";
import { renderVerificationPage } from "../../reports/verification-page.ts";
import { type VerificationReport, verificationReportSchema } from "../../reports/verification-report.ts";
import type { Findings } from "./findings.ts";

/**
 * The report of a run.
 * @throws ZodError when its counts do not add up
 */
export function makeVerificationReport(findings: Findings, oracleEnv: string): VerificationReport {
  const { areas, missing, different, extra, truncations } = findings;
  return verificationReportSchema.parse({
    report_version: 1,
    flow: "verify_migration",
    migration_phase: "verification",
    generated_at_utc: reportTimestamp(new Date()),
    oracle_env: oracleEnv,
    dry_run: true,
    is_complete: missing.total + different.total + extra.total === 0,
    areas: areas.map(({ area, oracleRows, specifyRows, notMigrated, ...counts }) => ({
      area,
      oracle_rows: oracleRows,
      specify_rows: specifyRows,
      not_migrated: notMigrated,
      ...counts,
    })),
    missing_count: missing.total,
    extra_count: extra.total,
    different_count: different.total,
    missing: missing.errors(),
    extra: extra.errors(),
    different: different.errors(),
    truncations: truncations.truncations(),
  } satisfies VerificationReport);
}

/** The report as it is uploaded: for programs and for people. */
export function verificationReportFiles(report: VerificationReport): ReportFile[] {
  return reportFiles(REPORT_CATEGORIES.verification, report, renderVerificationPage(report));
}
