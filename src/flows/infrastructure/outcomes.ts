import { inWords } from "../../checks/diagnosis.ts";
import type { Outcome } from "../../checks/outcome.ts";

/** One row of the table artifact. */
export function tableRow({ target, seconds, found, diagnosis }: Outcome): Record<string, string | number> {
  return {
    target,
    reached: diagnosis === undefined ? "yes" : "no",
    "mode and versions": found ?? "",
    seconds,
    "failure pattern":
      diagnosis === undefined ? "" : `${diagnosis.pattern}${diagnosis.code ? ` (${diagnosis.code})` : ""}`,
    message: diagnosis?.message ?? "",
    cause: diagnosis?.cause ?? "",
    "what to do": diagnosis?.whatToDo ?? "",
  };
}

/** One line for the log. */
export function logLine({ target, seconds, found, diagnosis }: Outcome): string {
  return diagnosis === undefined
    ? `${target} was reached in ${seconds} s: ${found}`
    : `${target} was not reached: ${inWords(diagnosis)}`;
}

/** @throws Error that names each target that failed, with its pattern */
export function throwIfAnyFailed(outcomes: readonly Outcome[]): void {
  const failed = outcomes.filter(({ diagnosis }) => diagnosis !== undefined);
  if (failed.length === 0) return;
  const reasons = failed.map(({ target, diagnosis }) => `${target}: ${diagnosis ? inWords(diagnosis) : ""}`);
  throw new Error(`${failed.length} of ${outcomes.length} checks failed. ${reasons.join(" | ")}`);
}
