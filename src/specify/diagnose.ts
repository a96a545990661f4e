import { sqlMessage } from "./errors.ts";
import { specifyFailurePatterns } from "./failure-patterns.ts";

/** What is known about a failure. Holds neither statements nor their values. */
export interface SpecifyDiagnosis {
  /** Name of the pattern; "unknown" when none matches. */
  pattern: string;
  /** The driver's own code, such as ER_ACCESS_DENIED_ERROR or ECONNREFUSED, when there is one. */
  code: string | undefined;
  /** The server's message in one line. */
  message: string;
  cause: string;
  whatToDo: string;
}

/** Finds the known pattern of a failure of Specify's database, looking at the error and all its causes. */
export function diagnoseSpecify(error: unknown): SpecifyDiagnosis {
  const text = everythingSaid(error).join("\n");
  const known = specifyFailurePatterns.find(({ matches }) => matches.test(text));
  const code = (error as { code?: unknown } | null)?.code;
  return {
    pattern: known?.pattern ?? "unknown",
    code: typeof code === "string" ? code : undefined,
    message: sqlMessage(error)
      .replace(/\s*\n\s*/g, " ")
      .trim(),
    cause: known?.cause ?? "This failure is not in the table of known patterns.",
    whatToDo: known?.whatToDo ?? "Look the code in the message up in MariaDB's error documentation.",
  };
}

function everythingSaid(error: unknown, depth = 0): string[] {
  if (!(error instanceof Error) || depth > 5) return [String(error)];
  const { code, errno, cause, errors } = error as {
    code?: unknown;
    errno?: unknown;
    cause?: unknown;
    errors?: unknown;
  };
  const inner = [...(cause === undefined ? [] : [cause]), ...(Array.isArray(errors) ? errors : [])];
  return [
    String(code ?? ""),
    errno === undefined ? "" : `errno ${errno}`,
    sqlMessage(error),
    ...inner.flatMap((one) => everythingSaid(one, depth + 1)),
  ];
}
