import { z } from "zod";
import { commonReportFields, count, errorLines } from "./report.ts";

const row = z.object({
  kind: z.enum(["division", "discipline", "collection"]),
  /** With the name of what it belongs to: "Biology / Alger", "Alger / NHM". */
  name: z.string(),
});

/** The report of Sync Specify structure. Its counts must add up, or it is not written. */
export const structureReportSchema = z
  .object({
    ...commonReportFields,
    flow: z.literal("sync_specify_structure"),
    migration_phase: z.literal("structure"),
    /** No Oracle is read. */
    oracle_env: z.literal("none"),
    /** The same as generated_at_utc. */
    timestamp_utc: z.string(),
    /** Relative to the checkout. */
    config_path: z.string(),
    institution_name: z.string(),
    divisions_in_config: count,
    divisions_created: count,
    divisions_skipped: count,
    disciplines_in_config: count,
    disciplines_created: count,
    disciplines_skipped: count,
    collections_in_config: count,
    collections_created: count,
    collections_skipped: count,
    /** What was created (in a dry run: what would be), in the order of the file. */
    created: z.array(row),
    warnings: z.array(z.string()),
    /** Rows of the file that are missing in Specify and were not created. */
    error_count: count,
    errors: errorLines,
  })
  .superRefine((report, context) => {
    const mustEqual = (left: string, a: number | string, right: string, b: number | string): void => {
      if (a !== b) context.addIssue({ code: "custom", message: `${left} is ${a}, but ${right} is ${b}` });
    };
    let listed = 0;
    let done = report.error_count;
    for (const kind of ["division", "discipline", "collection"] as const) {
      const created = report[`${kind}s_created`];
      const names = report.created.filter((one) => one.kind === kind).length;
      mustEqual(`${kind}s_created`, created, "its names in created", names);
      listed += report[`${kind}s_in_config`];
      done += created + report[`${kind}s_skipped`];
    }
    mustEqual("the number of rows in the file", listed, "created + skipped + error_count", done);
    mustEqual("timestamp_utc", report.timestamp_utc, "generated_at_utc", report.generated_at_utc);
  });

export type StructureReport = z.infer<typeof structureReportSchema>;
