import { diagnoseOracle } from "../oracle/diagnose.ts";

/**
 * How tasks that talk to Oracle are tried again. A failure that a new try cannot mend is not tried again: three wrong
 * passwords may lock the account.
 */
export const oracleTries = {
  retries: 2,
  retryDelaySeconds: 5,
  retryConditionFn: (_run: unknown, { data }: { data: unknown }) => diagnoseOracle(data).transient,
};
