import { PrefectError, type PrefectErrorCode } from "../errors.ts";
import { parseRetryAfter } from "../retry-delay.ts";

/**
 * What each HTTP status means and whether trying again can help. A SQLite server answers 500 and 503
 * ("database is locked") under load, so 500 is worth another try here, unlike in Prefect's own client.
 */
const statuses: Record<number, { code: PrefectErrorCode; retryable: boolean; advice?: string }> = {
  400: { code: "API_INVALID", retryable: false },
  401: {
    code: "API_UNAUTHORIZED",
    retryable: false,
    advice:
      "Set PREFECT_API_AUTH_STRING (basic auth, user:password) or PREFECT_API_KEY to what the server expects.",
  },
  403: {
    code: "API_UNAUTHORIZED",
    retryable: false,
    advice:
      "The credentials are known but may not do this: check PREFECT_API_KEY or PREFECT_API_AUTH_STRING.",
  },
  404: { code: "API_NOT_FOUND", retryable: false },
  408: { code: "API_UNAVAILABLE", retryable: true },
  409: { code: "API_CONFLICT", retryable: false },
  422: { code: "API_INVALID", retryable: false },
  429: { code: "API_UNAVAILABLE", retryable: true },
  500: { code: "API_UNAVAILABLE", retryable: true },
  502: { code: "API_UNAVAILABLE", retryable: true },
  503: { code: "API_UNAVAILABLE", retryable: true },
  504: { code: "API_UNAVAILABLE", retryable: true },
};

/** Makes the error for an answer with a status of 400 or above. */
export function errorFromResponse(
  request: string,
  status: number,
  headers: Record<string, string | string[] | undefined>,
  body: string,
): PrefectError {
  const row = statuses[status] ?? { code: "API_ERROR" as const, retryable: false };
  const header = headers["retry-after"];
  const advice = row.advice === undefined ? "" : ` ${row.advice}`;
  return new PrefectError(row.code, `${request} answered ${status}: ${detailOf(body)}.${advice}`, {
    status,
    retryable: row.retryable,
    retryAfter: parseRetryAfter(Array.isArray(header) ? header[0] : header, Date.now()),
  });
}

/** Makes the error for a request that got no answer. */
export function errorFromNetwork(request: string, url: string, cause: unknown): PrefectError {
  const reason = reasonOf(cause);
  return new PrefectError(
    "API_UNREACHABLE",
    `No answer from the Prefect API at ${url} (${reason}) for ${request}. ` +
      "Is the server running, and is PREFECT_API_URL right (it ends in /api)?",
    { retryable: true, cause },
  );
}

function reasonOf(cause: unknown): string {
  if (cause instanceof AggregateError && cause.errors[0] !== undefined) return reasonOf(cause.errors[0]);
  if (!(cause instanceof Error)) return String(cause);
  if (cause.message === "" && "code" in cause) return String(cause.code);
  return cause.cause === undefined ? cause.message : `${cause.message}: ${reasonOf(cause.cause)}`;
}

/** FastAPI puts the reason in `detail`, text or a list of `{loc, msg}`; Prefect's validation in `exception_detail`. */
function detailOf(body: string): string {
  const limit = 500;
  try {
    const parsed: unknown = JSON.parse(body);
    if (typeof parsed === "object" && parsed !== null) {
      const record = parsed as Record<string, unknown>;
      const detail = record.exception_detail ?? record.detail ?? record.exception_message;
      if (typeof detail === "string") return detail.replace(/\.$/, "");
      if (Array.isArray(detail)) {
        return detail
          .map((item: { loc?: unknown[]; msg?: string }) => `${item.loc?.join(".")}: ${item.msg}`)
          .join("; ");
      }
    }
    return body.slice(0, limit);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return body === "" ? "no text" : body.slice(0, limit).replace(/\s+/g, " ").trim();
  }
}
