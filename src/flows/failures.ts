/** What a layer's table of failure patterns says about an error. */
export interface Diagnosis {
  pattern: string;
  code: string | undefined;
  message: string;
  cause: string;
  whatToDo: string;
}

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
    throw new Error(`${target}: ${inWords(diagnose(error))}`, { cause: error });
  }
}

/** "wrong-service (NJS-518): … What to do: …" */
export function inWords({ pattern, code, message, cause, whatToDo }: Diagnosis): string {
  return `${pattern}${code === undefined ? "" : ` (${code})`}: ${message} ${cause} What to do: ${whatToDo}`;
}
