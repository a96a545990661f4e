import { createMarkdownArtifact, flow, logger, task, z } from "prefect-ts";
import { readOracleSettings } from "../oracle/settings.ts";
import { browserLinks } from "../reports/browser-links.ts";
import { checkBucket } from "../reports/bucket.ts";
import { diagnoseS3 } from "../reports/diagnose.ts";
import { reportTimestamp } from "../reports/keys.ts";
import { readS3Settings, type S3Settings } from "../reports/s3-settings.ts";
import { allSettings } from "./all-settings.ts";
import { diagnosed } from "./failures.ts";
import { oracleEnvParameter } from "./parameters.ts";
import { type Catalog, countsOf, SECTION_NAMES } from "./snapshot/catalog.ts";
import { compare, type SchemaChanges } from "./snapshot/changes.ts";
import { FILE_COUNT, snapshotFiles } from "./snapshot/files.ts";
import { inventoryOf, rowsOf } from "./snapshot/inventory.ts";
import { ownersToRead } from "./snapshot/owners.ts";
import { previousSnapshot } from "./snapshot/previous.ts";
import { SnapshotProgress } from "./snapshot/progress.ts";
import { readCatalog } from "./snapshot/read-catalog.ts";
import { inWords, snapshotMarkdown } from "./snapshot/summary.ts";
import { uploadFiles } from "./snapshot/upload-files.ts";
import { checkVisible } from "./snapshot/visible.ts";

const log = (message: string): void => logger.info(message);

// The catalog comes in a function: its rows are no parameters to be looked through.
const compareWithPrevious = task(
  { name: "Compare with the snapshot before", retries: 2, retryDelaySeconds: 5 },
  (catalogOf: () => Catalog, storage: S3Settings, signal: AbortSignal): Promise<SchemaChanges> =>
    diagnosed("S3", diagnoseS3, signal, async () => {
      const catalog = catalogOf();
      const { generated_at_utc: moment, source } = catalog;
      const now = await inventoryOf(rowsOf(catalog));
      const before = await previousSnapshot(storage, { moment, source, now }, { signal, log });
      return compare(catalog, before, now);
    }),
);

export const snapshotOracleSchema = flow(
  {
    name: "Oracle Schema Snapshot",
    description:
      "Puts what Oracle's dictionary says of tables, columns, keys, indexes and views into the object storage, with a drawing and what changed.",
    parameters: z.object({
      oracle_env: oracleEnvParameter,
      owners_csv: z
        .string()
        .nullable()
        .default(null)
        .describe(
          "Owners to read, with commas between; empty: ORACLE_SCHEMA_OWNERS, else all that the account may see.",
        ),
    }),
  },
  async ({ oracle_env, owners_csv }, { signal }) => {
    // Everything that can be wrong with the settings first: reading takes longer.
    const { oracle, storage } = allSettings({
      oracle: () => readOracleSettings(oracle_env),
      storage: () => readS3Settings(),
    });
    const owners = ownersToRead(owners_csv);
    log(`Owners: ${owners.length === 0 ? "all that the account may see" : owners.join(", ")}`);
    await checkBucket(storage, (message) => logger.warn(message));

    const { host, port, service } = oracle;
    const snapshot = {
      generated_at_utc: reportTimestamp(new Date()),
      source: { host, port, service_name: service, owners_filter: owners },
    };
    const progress = await SnapshotProgress.start(SECTION_NAMES.length + 1 + FILE_COUNT);
    const catalog = await readCatalog(oracle, snapshot, { signal, progress });
    checkVisible(catalog, owners, oracle.user);
    const changes = await compareWithPrevious(() => catalog, storage, signal);
    progress.step(inWords(changes));

    const files = snapshotFiles(catalog, changes);
    const uploaded = await uploadFiles(storage, snapshot.generated_at_utc, files, { signal, progress });
    const counts = countsOf(catalog);
    await createMarkdownArtifact({
      key: "oracle-schema-snapshot",
      description: `Oracle Schema Snapshot ${snapshot.generated_at_utc}`,
      markdown: snapshotMarkdown(changes, counts, await browserLinks(uploaded)),
    });
    return { uploaded, counts, previous: changes.previous, changes: changes.counts };
  },
);
