import { z } from "zod";
import { commonReportFields, count, errorLines, truncationsField } from "./report.ts";

/** The report of Migrate Users. Its counts must add up, or it is not written. */
export const usersReportSchema = z
  .object({
    ...commonReportFields,
    flow: z.literal("migrate_users"),
    migration_phase: z.literal("1.4"),
    /** Rows of BRUKARAR. */
    oracle_users_extracted: count,
    users_created: count,
    /** Already in Specify, or the second of two rows with the same user name. */
    users_skipped: count,
    /** Of the skipped: second rows of a user name. */
    users_duplicate: count,
    /** Of the skipped: were in Specify without an agent, and got one. */
    users_repaired: count,
    agents_created: count,
    agents_linked: count,
    /** Users that did not go in. */
    error_count: count,
    errors: errorLines,
    truncations: truncationsField,
    group_to_museum_mapping: z.array(z.object({ museum: z.string(), groups: z.array(z.string()) })),
  })
  .superRefine((report, context) => {
    const mustEqual = (left: string, a: number, right: string, b: number): void => {
      if (a !== b) context.addIssue({ code: "custom", message: `${left} is ${a}, but ${right} is ${b}` });
    };
    const { users_created, users_skipped, users_repaired, error_count } = report;
    mustEqual(
      "oracle_users_extracted",
      report.oracle_users_extracted,
      "users_created + users_skipped + error_count",
      users_created + users_skipped + error_count,
    );
    mustEqual(
      "agents_created",
      report.agents_created,
      "users_created + users_repaired",
      users_created + users_repaired,
    );
    mustEqual("agents_linked", report.agents_linked, "agents_created", report.agents_created);
    if (users_repaired + report.users_duplicate > users_skipped) {
      context.addIssue({
        code: "custom",
        message: "more users were repaired or duplicate than were skipped",
      });
    }
  });

export type UsersReport = z.infer<typeof usersReportSchema>;
