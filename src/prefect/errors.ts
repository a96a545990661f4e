/** Codes of errors that come from talking to a Prefect server. Stable: scripts may match on them. */
export type PrefectErrorCode =
  | "API_UNREACHABLE"
  | "API_UNAUTHORIZED"
  | "API_NOT_FOUND"
  | "API_CONFLICT"
  | "API_INVALID"
  | "API_UNAVAILABLE"
  | "API_ERROR"
  | "SETTINGS_INVALID"
  | "TEMPLATE_INVALID";

/** An error of this package: what happened, the value seen, what to do next. */
export class PrefectError extends Error {
  readonly code: PrefectErrorCode;
  /** HTTP status, where there was an answer. */
  readonly status: number | undefined;
  /** Whether the same request may succeed later. */
  readonly retryable: boolean;
  /** Milliseconds that the server asked to wait. */
  readonly retryAfter: number;

  constructor(
    code: PrefectErrorCode,
    message: string,
    options: { status?: number; retryable?: boolean; retryAfter?: number; cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "PrefectError";
    this.code = code;
    this.status = options.status;
    this.retryable = options.retryable ?? false;
    this.retryAfter = options.retryAfter ?? 0;
  }
}

/** Whether `error` says that the object asked for is not on the server. */
export function isNotFound(error: unknown): boolean {
  return error instanceof PrefectError && error.code === "API_NOT_FOUND";
}

/** The innermost helpful text of an error: message, and the messages of its causes that add something. */
export function errorText(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause === undefined ? "" : errorText(error.cause);
  return cause === "" || error.message.includes(cause) ? error.message : `${error.message}: ${cause}`;
}
