import { createMarkdownArtifact, flow, logger, task, z } from "prefect-ts";
import { connectOracle } from "../oracle/connect.ts";
import { diagnoseOracle } from "../oracle/diagnose.ts";
import type { OracleSettings } from "../oracle/settings.ts";
import { browserLinks } from "../reports/browser-links.ts";
import { renderUsersMarkdown } from "../reports/users-page.ts";
import { diagnoseSpecify } from "../specify/diagnose.ts";
import type { SpecifySettings } from "../specify/settings.ts";
import { diagnosed } from "./failures.ts";
import { lookAtSpecify } from "./look-at-specify.ts";
import { migrationSettings } from "./migration-settings.ts";
import { oracleTries } from "./oracle-tries.ts";
import { dryRunParameter, oracleEnvParameter } from "./parameters.ts";
import { uploadTask } from "./report-upload.ts";
import { missingTables, refuseMissing } from "./source-tables.ts";
import { thisRun } from "./this-run.ts";
import { loadUsers } from "./users/load.ts";
import { type OracleUser, readOracleUsers, USER_TABLES, USER_TABLES_ADVICE } from "./users/oracle-users.ts";
import { makeUsersReport, usersReportFiles } from "./users/report.ts";

const log = (message: string): void => logger.info(message);

const readUsers = task(
  { name: "Read users from Oracle", ...oracleTries },
  (settings: OracleSettings, signal: AbortSignal) =>
    diagnosed(`Oracle ${settings.environment}`, diagnoseOracle, signal, async () => {
      await using session = await connectOracle(settings, { signal, log });
      refuseMissing(await missingTables(session, USER_TABLES), settings, USER_TABLES_ADVICE);
      return await readOracleUsers(session);
    }),
);

const writeUsers = task(
  { name: "Load users into Specify" },
  (users: OracleUser[], settings: SpecifySettings, dryRun: boolean, signal: AbortSignal) =>
    diagnosed("Specify", diagnoseSpecify, signal, () =>
      loadUsers(users, settings, { dryRun, holder: thisRun(), signal, log }),
    ),
);

const upload = uploadTask("the users are done; only their report is missing");

export const migrateUsers = flow(
  {
    name: "Migrate Users",
    description: "Phase 1.4: users of USD_METADATA.BRUKARAR become Specify users, each with an agent.",
    parameters: z.object({
      oracle_env: oracleEnvParameter,
      dry_run: dryRunParameter,
    }),
  },
  async ({ oracle_env, dry_run }, { signal }) => {
    const { oracle, specify } = await migrationSettings(oracle_env);
    await lookAtSpecify(specify, signal);

    const source = await readUsers(oracle, signal);
    log(
      `Read ${source.users.length} users and ${source.groups.length} groups from Oracle ${oracle.environment}`,
    );
    const loaded = await writeUsers(source.users, specify, dry_run, signal);
    const report = makeUsersReport(source, loaded, { oracleEnv: oracle.environment, dryRun: dry_run });
    for (const line of report.errors) logger.warn(line);

    const uploaded = await upload(usersReportFiles(report), signal);
    await createMarkdownArtifact({
      key: "migrate-users-report",
      description: `Migrate Users ${report.generated_at_utc}`,
      markdown: renderUsersMarkdown(report, await browserLinks(uploaded)),
    });
    const { oracle_users_extracted, users_created, users_skipped, users_repaired } = report;
    const { agents_created, agents_linked, errors, error_count, truncations } = report;
    return {
      dry_run,
      oracle_users_extracted,
      users_created,
      users_skipped,
      users_repaired,
      agents_created,
      agents_linked,
      errors,
      error_count,
      truncated: truncations.total,
      report_uploaded: uploaded.length > 0,
      uploaded,
    };
  },
);
