import { type Diagnosis, inWords } from "../failures.ts";

/** How the check of one target went. */
export interface Outcome {
  target: string;
  seconds: number;
  /** Mode and versions, when it was reached. */
  found: string | undefined;
  /** Why it was not. */
  diagnosis: Diagnosis | undefined;
}

/** Does a check to its end, with its tries; a failure becomes part of the outcome, so that the other checks go on. */
export async function outcomeOf(
  target: string,
  diagnose: (error: unknown) => Diagnosis,
  signal: AbortSignal,
  check: () => Promise<string>,
): Promise<Outcome> {
  const start = performance.now();
  const seconds = (): number => Math.round(performance.now() - start) / 1000;
  try {
    const found = await check();
    return { target, seconds: seconds(), found, diagnosis: undefined };
  } catch (error) {
    signal.throwIfAborted();
    return { target, seconds: seconds(), found: undefined, diagnosis: diagnose(error) };
  }
}

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
