type Environment = Readonly<Record<string, string | undefined>>;

/** The folder of each kind of report. */
export const REPORT_CATEGORIES = {
  users: "application-users-usd-metadata-brukarar",
  actors: "collection-agents-musit-actor-person-name",
  structure: "specify-structure-sync",
  verification: "migration-verification",
} as const;

export type ReportCategory = (typeof REPORT_CATEGORIES)[keyof typeof REPORT_CATEGORIES];

/** The moment as it stands in keys and reports: `YYYYMMDDTHHMMSSZ`, UTC. */
export function reportTimestamp(moment: Date): string {
  return moment.toISOString().replace(/[-:]|\.\d+/g, "");
}

/** `{S3_MIGRATION_REPORTS_PREFIX}/{category}/{timestamp}/{file}`; the prefix is `migration-reports` unless set. */
export function reportKey(
  category: ReportCategory,
  timestamp: string,
  file: "report.json" | "report.html",
  env: Environment = process.env,
): string {
  return joined(env.S3_MIGRATION_REPORTS_PREFIX, "migration-reports", `${category}/${timestamp}/${file}`);
}

/** `{S3_PREFIX}/connectivity-check/{timestamp}.txt`; the prefix is `oracle-schema` unless set. */
export function connectivityCheckKey(timestamp: string, env: Environment = process.env): string {
  return joined(env.S3_PREFIX, "oracle-schema", `connectivity-check/${timestamp}.txt`);
}

/** `{S3_PREFIX}/`, under which each snapshot of the Oracle schema has a folder, named by its moment. */
export function snapshotsFolder(env: Environment = process.env): string {
  return joined(env.S3_PREFIX, "oracle-schema", "");
}

function joined(prefix: string | undefined, fallback: string, rest: string): string {
  const folder = (prefix ?? "").trim().replace(/^\/+|\/+$/g, "");
  return `${folder === "" ? fallback : folder}/${rest}`;
}
