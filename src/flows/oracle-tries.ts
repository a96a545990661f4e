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

/** Whether a task that talks to Oracle and to others may be tried again: not for what is known of Oracle to stay as it is. */
export function mayPass(_run: unknown, { data }: { data: unknown }): boolean {
  const { pattern, transient } = diagnoseOracle(data);
  return transient || pattern === "unknown";
}
