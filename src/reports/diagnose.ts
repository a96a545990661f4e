import { s3FailurePatterns } from "./failure-patterns.ts";

/** What is known about a failure. Holds no keys and no signatures. */
export interface S3Diagnosis {
  /** Name of the pattern; "unknown" when none matches. */
  pattern: string;
  /** The storage's own code, such as NoSuchBucket, or the system's, such as ECONNREFUSED, when there is one. */
  code: string | undefined;
  message: string;
  cause: string;
  whatToDo: string;
}

/** Finds the known pattern of a failure of the object storage, looking at the error and all its causes. */
export function diagnoseS3(error: unknown): S3Diagnosis {
  const text = everythingSaid(error).join("\n");
  const known = s3FailurePatterns.find(({ matches }) => matches.test(text));
  return {
    pattern: known?.pattern ?? "unknown",
    code: codeOf(error),
    message: messageOf(error),
    cause: known?.cause ?? "This failure is not in the table of known patterns.",
    whatToDo: known?.whatToDo ?? "Look at the storage's own log for this moment.",
  };
}

function codeOf(error: unknown): string | undefined {
  const { code, name } = (error ?? {}) as { code?: unknown; name?: unknown };
  if (typeof code === "string") return code;
  return typeof name === "string" && name !== "Error" && name !== "AggregateError" ? name : undefined;
}

/** Answers without a body (to HEAD) come as "UnknownError"; the HTTP status says more. */
function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const status = statusOf(error);
  const words =
    [error.message, codeOf(error)].find((text) => text && text !== "UnknownError") ?? "no message";
  return `${words}${status === undefined ? "" : ` (HTTP ${status})`}`.replace(/\s*\n\s*/g, " ");
}

function statusOf(error: Error): number | undefined {
  return (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;
}

function everythingSaid(error: unknown, depth = 0): string[] {
  if (!(error instanceof Error) || depth > 5) return [String(error)];
  const { code, cause, errors } = error as { code?: unknown; cause?: unknown; errors?: unknown };
  const inner = [...(cause === undefined ? [] : [cause]), ...(Array.isArray(errors) ? errors : [])];
  const own = [error.name, String(code ?? ""), `status ${statusOf(error) ?? "none"}`, error.message];
  return [...own, ...inner.flatMap((one) => everythingSaid(one, depth + 1))];
}
