import type { Diagnosis } from "./diagnosis.ts";

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
