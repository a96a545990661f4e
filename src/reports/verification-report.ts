import { z } from "zod";
import { commonReportFields, count, errorLines, truncationsField } from "./report.ts";

const area = z
  .object({
    /** The table of Oracle, such as `USD_METADATA.BRUKARAR`. */
    area: z.string(),
    oracle_rows: count,
    /** Agents in Specify that bear the marker of this table. */
    specify_rows: count,
    equal: count,
    different: count,
    /** Also rows that cannot be migrated, such as users without a name. */
    missing: count,
    extra: count,
    /** Users that Specify had before, with an agent of their own: left as they are. */
    kept: count,
    /** Rows that are not to be migrated: second rows of a user name. */
    not_migrated: count,
  })
  .superRefine((one, context) => {
    const { equal, different, missing, extra, kept, not_migrated } = one;
    const oracle = equal + different + missing + kept + not_migrated;
    const specify = equal + different + extra;
    if (oracle !== one.oracle_rows) {
      context.addIssue({
        code: "custom",
        message: `oracle_rows is ${one.oracle_rows}, but equal + different + missing + kept + not_migrated is ${oracle}`,
      });
    }
    if (specify !== one.specify_rows) {
      context.addIssue({
        code: "custom",
        message: `specify_rows is ${one.specify_rows}, but equal + different + extra is ${specify}`,
      });
    }
  });

/** The report of Verify migration. Its counts must add up, or it is not written. */
export const verificationReportSchema = z
  .object({
    ...commonReportFields,
    flow: z.literal("verify_migration"),
    migration_phase: z.literal("verification"),
    /** Nothing is ever written by this flow. */
    dry_run: z.literal(true),
    /** True when nothing is missing, extra or different. */
    is_complete: z.boolean(),
    areas: z.array(area),
    missing_count: count,
    extra_count: count,
    different_count: count,
    /** The first 200 of each kind, one line each; never what stands in a row. */
    missing: errorLines,
    extra: errorLines,
    different: errorLines,
    /** Of all rows in Oracle, whichever run brought them in. No difference: a migration cuts them in the same way. */
    truncations: truncationsField,
  })
  .superRefine((report, context) => {
    for (const kind of ["missing", "extra", "different"] as const) {
      const sum = report.areas.reduce((total, one) => total + one[kind], 0);
      const told = report[`${kind}_count`];
      if (sum !== told) {
        context.addIssue({ code: "custom", message: `${kind}_count is ${told}, but the areas have ${sum}` });
      }
    }
    if (report.is_complete !== (report.missing_count + report.extra_count + report.different_count === 0)) {
      context.addIssue({ code: "custom", message: "is_complete does not agree with the counts" });
    }
  });

export type VerificationReport = z.infer<typeof verificationReportSchema>;
