import { createMarkdownArtifact, flow, logger, task, z } from "prefect-ts";
import { diagnoseOracle } from "../oracle/diagnose.ts";
import { OraclePool } from "../oracle/pool.ts";
import type { OracleSettings } from "../oracle/settings.ts";
import { renderActorsMarkdown } from "../reports/actors-page.ts";
import { browserLinks } from "../reports/browser-links.ts";
import type { SpecifySettings } from "../specify/settings.ts";
import { diagnoseEither } from "./actors/diagnose.ts";
import { type LoadedActors, loadActors } from "./actors/load.ts";
import { countActors } from "./actors/oracle-actors.ts";
import { musitSchemasParameter } from "./actors/parameter.ts";
import { ActorProgressLog } from "./actors/progress.ts";
import { actorsReportFiles, makeActorsReport } from "./actors/report.ts";
import { MUSIT_SCHEMAS, type MusitSchema } from "./actors/schemas.ts";
import { findMissing, refuseMissing } from "./actors/source.ts";
import { refuseDoubledKeys } from "./actors/source-keys.ts";
import { diagnosed } from "./failures.ts";
import { lookAtSpecify } from "./look-at-specify.ts";
import { migrationSettings } from "./migration-settings.ts";
import { oracleTries } from "./oracle-tries.ts";
import { dryRunParameter, oracleEnvParameter } from "./parameters.ts";
import { uploadTask } from "./report-upload.ts";
import { keepHeapSteady } from "./steady-heap.ts";
import { thisRun } from "./this-run.ts";

const log = (message: string): void => logger.info(message);

const lookAtSource = task(
  { name: "Look at the actors in Oracle", ...oracleTries },
  (settings: OracleSettings, schemas: readonly MusitSchema[], signal: AbortSignal) =>
    diagnosed(`Oracle ${settings.environment}`, diagnoseOracle, signal, async () => {
      await using pool = new OraclePool(settings, { signal, log });
      const missing = await findMissing(pool, schemas);
      const counts = new Map<MusitSchema, number>();
      if (missing.length > 0) return { missing, counts };
      await refuseDoubledKeys(pool, schemas);
      for (const schema of schemas) counts.set(schema, await countActors(pool, schema));
      return { missing, counts };
    }),
);

interface Load {
  oracle: OracleSettings;
  specify: SpecifySettings;
  counts: ReadonlyMap<MusitSchema, number>;
  dryRun: boolean;
  signal: AbortSignal;
}

const load = task(
  { name: "Load actors into Specify" },
  ({ oracle, specify, counts, dryRun, signal }: Load): Promise<LoadedActors> =>
    diagnosed("Loading actors", diagnoseEither, signal, async () => {
      const progress = await ActorProgressLog.start(counts, dryRun);
      try {
        // The task before came in by these settings.
        await using pool = new OraclePool(oracle, { wasReached: true, signal, log });
        const loaded = await loadActors(pool, specify, {
          schemas: [...counts.keys()],
          dryRun,
          holder: thisRun(),
          signal,
          log,
          warn: (message) => logger.warn(message),
          onProgress: (now) => progress.show(now),
        });
        progress.finish();
        return loaded;
      } catch (error) {
        logger.warn(progress.whereStopped());
        throw error;
      }
    }),
);

const upload = uploadTask("the actors are done; only their report is missing");

export const migrateMusitAgents = flow(
  {
    name: "Migrate MUSIT Actors",
    description:
      "Phase 1.1: ACTOR and PERSON_NAME of MUSIT become Specify agents, for specimens to refer to.",
    parameters: z.object({
      oracle_env: oracleEnvParameter,
      dry_run: dryRunParameter,
      musit_schemas: musitSchemasParameter,
    }),
  },
  async ({ oracle_env, dry_run, musit_schemas }, { signal }) => {
    keepHeapSteady();
    const { oracle, specify } = await migrationSettings(oracle_env);
    const schemas = musit_schemas ?? MUSIT_SCHEMAS;

    await lookAtSpecify(specify, signal);
    const { missing, counts } = await lookAtSource(oracle, schemas, signal);
    refuseMissing(missing, oracle);
    const loaded = await load({ oracle, specify, counts, dryRun: dry_run, signal });
    const report = makeActorsReport(loaded, { oracleEnv: oracle.environment, dryRun: dry_run, schemas });
    // Each of the others was told when it happened.
    if (report.errors.length < report.error_count) logger.warn(report.errors.at(-1) ?? "");
    if (report.truncations.total > report.truncations.named.length) {
      log(`… and ${report.truncations.total - report.truncations.named.length} more values were cut`);
    }

    const uploaded = await upload(actorsReportFiles(report), signal);
    await createMarkdownArtifact({
      key: "migrate-musit-agents-report",
      description: `Migrate MUSIT Actors ${report.generated_at_utc}`,
      markdown: renderActorsMarkdown(report, await browserLinks(uploaded)),
    });
    const { oracle_actors_extracted, oracle_rows_per_schema, agents_created, agents_skipped } = report;
    const { agents_linked, errors, error_count, schemas_processed, truncations } = report;
    return {
      dry_run,
      oracle_actors_extracted,
      oracle_rows_per_schema,
      agents_created,
      agents_skipped,
      agents_linked,
      errors,
      error_count,
      truncated: truncations.total,
      schemas_processed,
      report_uploaded: uploaded.length > 0,
      uploaded,
    };
  },
);
