import { type Diagnosis, inWords } from "../checks/diagnosis.ts";

/** Does `work`; when it fails, throws an error that names the known pattern, its cause and what to do. */
export async function diagnosed<T>(
  target: string,
  diagnose: (error: unknown) => Diagnosis,
  signal: AbortSignal,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    // Cancelled: there is nothing to explain.
    if (signal.aborted) throw error;
    const diagnosis = diagnose(error);
    // Not a failure of the connection but one that says in its own words what is wrong.
    if (diagnosis.pattern === "unknown" && diagnosis.code === undefined) throw error;
    throw new Error(`${target}: ${inWords(diagnosis)}`, { cause: error });
  }
}
