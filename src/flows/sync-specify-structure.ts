import { createMarkdownArtifact, flow, logger, task, z } from "prefect-ts";
import { browserLinks } from "../reports/browser-links.ts";
import { renderStructureMarkdown } from "../reports/structure-page.ts";
import { diagnoseSpecify } from "../specify/diagnose.ts";
import { readSpecifySettings, type SpecifySettings } from "../specify/settings.ts";
import { allSettings } from "./all-settings.ts";
import { diagnosed } from "./failures.ts";
import { dryRunParameter } from "./parameters.ts";
import { checkReportTarget, readReportStorage, uploadTask } from "./report-upload.ts";
import { parseConfig, type ReadConfig } from "./structure/config.ts";
import { readConfigFile } from "./structure/config-path.ts";
import { makeStructureReport, structureReportFiles } from "./structure/report.ts";
import { SYNC_STRUCTURE, syncStructure } from "./structure/sync.ts";
import { thisRun } from "./this-run.ts";

const log = (message: string): void => logger.info(message);

const sync = task(
  { name: "Bring Specify to the structure" },
  (file: ReadConfig, settings: SpecifySettings, dryRun: boolean, signal: AbortSignal) =>
    diagnosed("Specify", diagnoseSpecify, signal, () =>
      syncStructure(file, settings, { dryRun, holder: thisRun(), signal, log }),
    ),
);

const upload = uploadTask("the structure is done; only its report is missing");

export const syncSpecifyStructure = flow(
  {
    name: SYNC_STRUCTURE,
    description:
      "Creates the divisions, disciplines and collections of a YAML file that Specify lacks, each with the rows that Specify's own setup makes.",
    parameters: z.object({
      config_path: z
        .string()
        .default("config/specify_structure/unimus_natur.yaml")
        .describe("The YAML file, relative to the checkout."),
      dry_run: dryRunParameter,
    }),
  },
  async ({ config_path, dry_run }, { signal }) => {
    const file = parseConfig(await readConfigFile(config_path));
    const { specify, storage } = allSettings({
      specify: () => readSpecifySettings(),
      storage: () => readReportStorage(),
    });
    await checkReportTarget(storage);

    log(`${dry_run ? "Dry run: comparing" : "Bringing"} Specify ${dry_run ? "with" : "to"} ${file.path}`);
    const synced = await sync(file, specify, dry_run, signal);
    const report = makeStructureReport(file, synced, dry_run);
    for (const line of report.warnings) logger.warn(line);
    for (const line of report.errors) logger.error(line);
    const { divisions_created, divisions_skipped, disciplines_created, disciplines_skipped } = report;
    const { collections_created, collections_skipped, warnings, errors, error_count } = report;
    log(
      `${dry_run ? "To be created" : "Created"}: divisions ${divisions_created}, disciplines ${disciplines_created}, ` +
        `collections ${collections_created}. There already: ${divisions_skipped}, ${disciplines_skipped}, ${collections_skipped}.`,
    );

    const uploaded = await upload(structureReportFiles(report), signal);
    await createMarkdownArtifact({
      key: "sync-specify-structure-report",
      description: `Sync Specify structure ${report.generated_at_utc}`,
      markdown: renderStructureMarkdown(report, await browserLinks(uploaded)),
    });
    return {
      dry_run,
      config_path: report.config_path,
      timestamp_utc: report.timestamp_utc,
      divisions_created,
      divisions_skipped,
      disciplines_created,
      disciplines_skipped,
      collections_created,
      collections_skipped,
      warnings,
      errors,
      error_count,
      report_uploaded: uploaded.length > 0,
      uploaded,
    };
  },
);
