/** What a layer's table of failure patterns says about an error. */
export interface Diagnosis {
  pattern: string;
  code: string | undefined;
  message: string;
  cause: string;
  whatToDo: string;
}

/** "wrong-service (NJS-518): … What to do: …" */
export function inWords({ pattern, code, message, cause, whatToDo }: Diagnosis): string {
  const sentence = /[.!?]$/.test(message) ? message : `${message}.`;
  return `${pattern}${code === undefined ? "" : ` (${code})`}: ${sentence} ${cause} What to do: ${whatToDo}`;
}
