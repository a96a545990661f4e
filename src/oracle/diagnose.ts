import { oracleFailurePatterns } from "./failure-patterns.ts";

/** What is known about a failure. Holds no secrets: driver messages name host, service and user at most. */
export interface OracleDiagnosis {
  /** Name of the pattern; "unknown" when none matches. */
  pattern: string;
  /** The driver's own code, such as NJS-518 or ORA-01017, when there is one. */
  code: string | undefined;
  /** The driver's message in one line. */
  message: string;
  cause: string;
  whatToDo: string;
  /** True where a new connection may find the failure gone. */
  transient: boolean;
}

/** Finds the known pattern of a failure of Oracle, looking at the error and all its causes. */
export function diagnoseOracle(error: unknown): OracleDiagnosis {
  const text = everythingSaid(error).join("\n");
  const known = oracleFailurePatterns.find(({ matches }) => matches.test(text));
  const message = (error instanceof Error ? error.message : String(error))
    .replace(/\s*\n\s*/g, " ")
    // The driver's installation instructions and links: ours say more about this image.
    .replace(/\s*(?:See|Help:) https:.*$/, "")
    .trim();
  return {
    pattern: known?.pattern ?? "unknown",
    code: known?.matches.exec(text)?.[0] ?? /\b(?:NJS|ORA|DPI)-\d+/.exec(text)?.[0],
    message,
    cause: known?.cause ?? "This failure is not in the table of known patterns.",
    whatToDo: known?.whatToDo ?? "Look the code in the message up in Oracle's error documentation.",
    transient: known?.transient ?? false,
  };
}

function everythingSaid(error: unknown, depth = 0): string[] {
  if (!(error instanceof Error) || depth > 5) return [String(error)];
  const { code, cause, errors } = error as { code?: unknown; cause?: unknown; errors?: unknown };
  const inner = [...(cause === undefined ? [] : [cause]), ...(Array.isArray(errors) ? errors : [])];
  return [String(code ?? ""), error.message, ...inner.flatMap((one) => everythingSaid(one, depth + 1))];
}
