/** A schema of 2,000 tables with 40,000 columns, without rows, for the Oracle stand-in. */
import { describedSchema } from "../../dev/oracle/described-schema.ts";

export const options = {
  users: [{ name: "MUSIT_READER", password: "musit-of-the-bench" }],
  services: ["MUSIT"],
  schemas: describedSchema({ tables: 2_000, columns: 40_000 }),
};
