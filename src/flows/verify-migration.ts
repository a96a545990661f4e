import { createMarkdownArtifact, flow, logger, task, z } from "prefect-ts";
import { diagnoseOracle } from "../oracle/diagnose.ts";
import { OraclePool } from "../oracle/pool.ts";
import type { OracleSettings } from "../oracle/settings.ts";
import { browserLinks } from "../reports/browser-links.ts";
import { renderVerificationMarkdown, verificationSentence } from "../reports/verification-page.ts";
import { openSpecify } from "../specify/database.ts";
import type { SpecifySettings } from "../specify/settings.ts";
import { diagnoseEither } from "./actors/diagnose.ts";
import { musitSchemasParameter } from "./actors/parameter.ts";
import { MUSIT_SCHEMAS, type MusitSchema } from "./actors/schemas.ts";
import { ACTOR_TABLES_ADVICE, findMissing } from "./actors/source.ts";
import { refuseDoubledKeys } from "./actors/source-keys.ts";
import { diagnosed } from "./failures.ts";
import { migrationSettings } from "./migration-settings.ts";
import { mayPass, oracleTries } from "./oracle-tries.ts";
import { oracleEnvParameter } from "./parameters.ts";
import { uploadTask } from "./report-upload.ts";
import { missingTables, refuseMissing } from "./source-tables.ts";
import { keepHeapSteady } from "./steady-heap.ts";
import { USER_TABLES } from "./users/oracle-users.ts";
import { verifyActors } from "./verify/actors.ts";
import { Findings } from "./verify/findings.ts";
import { makeVerificationReport, verificationReportFiles } from "./verify/report.ts";
import { verifyUsers } from "./verify/users.ts";

const log = (message: string): void => logger.info(message);

interface Compare {
  oracle: OracleSettings;
  specify: SpecifySettings;
  schemas: readonly MusitSchema[];
  users: boolean;
  signal: AbortSignal;
}

// A task of its own: what Oracle lacks now it will lack in five seconds, too.
const lookAtSource = task(
  { name: "Look at Oracle", ...oracleTries },
  ({ oracle, schemas, users, signal }: Omit<Compare, "specify">) =>
    diagnosed(`Oracle ${oracle.environment}`, diagnoseOracle, signal, async () => {
      await using pool = new OraclePool(oracle, { signal, log });
      const missing = users ? await missingUserTables(pool) : [];
      missing.push(...(await findMissing(pool, schemas)));
      const advice = `${ACTOR_TABLES_ADVICE} With users=false no table of USD_METADATA is read.`;
      refuseMissing(missing, oracle, advice);
      await refuseDoubledKeys(pool, schemas);
    }),
);

const compare = task(
  { name: "Compare Oracle and Specify", retries: 1, retryDelaySeconds: 5, retryConditionFn: mayPass },
  ({ oracle, specify, schemas, users, signal }: Compare): Promise<Findings> =>
    diagnosed("Comparing", diagnoseEither, signal, async () => {
      await using pool = new OraclePool(oracle, { signal, log });
      await using database = await openSpecify(specify);
      const findings = new Findings();
      if (users) await verifyUsers(pool, database, findings);
      for (const schema of schemas) await verifyActors(pool, database, schema, findings);
      for (const one of findings.areas) {
        log(
          `${one.area}: ${one.oracleRows} rows in Oracle, ${one.specifyRows} in Specify; ${one.equal} equal, ` +
            `${one.missing} missing, ${one.different} different, ${one.extra} extra`,
        );
      }
      return findings;
    }),
);

const upload = uploadTask("the comparison is done; only its report is missing");

export const verifyMigration = flow(
  {
    name: "Verify migration",
    description:
      "Compares users and actors of Oracle with what is in Specify, by counts and by hashes of the rows. Writes nothing into either.",
    parameters: z.object({
      oracle_env: oracleEnvParameter,
      musit_schemas: musitSchemasParameter,
      users: z.boolean().default(true).describe("Compare the users, too."),
      fail_on_difference: z
        .boolean()
        .default(true)
        .describe("End as Failed when anything is missing, different or extra."),
    }),
  },
  async ({ oracle_env, musit_schemas, users, fail_on_difference }, { signal }) => {
    keepHeapSteady();
    const { oracle, specify } = await migrationSettings(oracle_env);
    const schemas = musit_schemas ?? MUSIT_SCHEMAS;

    await lookAtSource({ oracle, schemas, users, signal });
    const findings = await compare({ oracle, specify, schemas, users, signal });
    const report = makeVerificationReport(findings, oracle.environment);
    for (const line of [...report.missing, ...report.different, ...report.extra]) logger.warn(line);

    const uploaded = await upload(verificationReportFiles(report), signal);
    await createMarkdownArtifact({
      key: "verify-migration-report",
      description: `Verify migration ${report.generated_at_utc}`,
      markdown: renderVerificationMarkdown(report, await browserLinks(uploaded)),
    });
    const words = verificationSentence(report);
    if (!report.is_complete && fail_on_difference) {
      throw new Error(
        `${words} ${whatToDo(uploaded)} (fail_on_difference=false ends such a run as Completed.)`,
      );
    }
    log(words);
    const { is_complete, areas, missing_count, different_count, extra_count, truncations } = report;
    return {
      is_complete,
      areas,
      missing_count,
      different_count,
      extra_count,
      truncated: truncations.total,
      report_uploaded: uploaded.length > 0,
      uploaded,
    };
  },
);

async function missingUserTables(pool: OraclePool): Promise<string[]> {
  await using lease = await pool.lease();
  return await missingTables(lease.session, USER_TABLES);
}

function whatToDo(uploaded: readonly string[]): string {
  const where = uploaded.length === 0 ? "The log and the artifact name" : `${uploaded.at(-1)} names`;
  return (
    `${where} the first 200 of each. What is missing comes with the next run of the migration, unless its line says why it cannot; ` +
    "what differs was changed on one of the two sides since."
  );
}
