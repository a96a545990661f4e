import { PrefectError, type PrefectErrorCode } from "../errors.ts";
import { parseRetryAfter } from "../retry-delay.ts";

interface Meaning {
  code: PrefectErrorCode;
  retryable: boolean;
  advice?: string;
}

/**
 * What each HTTP status means and whether trying again can help. A SQLite server answers 500 and 503
 * ("database is locked") under load, so 500 is worth another try here, unlike in Prefect's own client.
 */
const statuses: Record<number, Meaning> = {
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

/** What stands between client and server answers in its own words, and may answer otherwise in a minute. */
const notFromPrefect: Meaning = {
  code: "API_UNAVAILABLE",
  retryable: true,
  advice:
    "That is no answer of a Prefect API: a proxy without a server behind it, or PREFECT_API_URL is wrong (it ends in /api).",
};
/** Other faults of a server or of what stands before it, such as a CDN's 520 to 527. */
const otherFault: Meaning = { code: "API_UNAVAILABLE", retryable: true };
const otherRefusal: Meaning = { code: "API_ERROR", retryable: false };

/** Makes the error for an answer with a status of 300 or above. */
export function errorFromResponse(
  request: string,
  status: number,
  headers: Record<string, string | string[] | undefined>,
  body: string,
): PrefectError {
  const row = meaningOf(status, body);
  const header = headers["retry-after"];
  const advice = status < 400 ? elsewhere(headers.location) : (row.advice ?? "");
  return new PrefectError(row.code, `${request} answered ${status}: ${detailOf(body)}. ${advice}`.trimEnd(), {
    status,
    retryable: row.retryable,
    retryAfter: parseRetryAfter(Array.isArray(header) ? header[0] : header, Date.now()),
  });
}

function meaningOf(status: number, body: string): Meaning {
  // Prefect redirects nobody.
  if (status < 400) return notFromPrefect;
  // A run counts as deleted by a 404: only the server itself can say that.
  if (status === 404 && !isFromPrefect(body)) return notFromPrefect;
  return statuses[status] ?? (status >= 500 ? otherFault : otherRefusal);
}

/** Requests are sent to no other address than the one set: they carry credentials. */
function elsewhere(location: string | string[] | undefined): string {
  const to = location === undefined ? "another address" : String(location);
  return `It sends to ${to}: set PREFECT_API_URL to where the API is (it ends in /api), with https where that is asked for.`;
}

/** Makes the error for a request that got no answer. */
export function errorFromNetwork(request: string, url: string, cause: unknown): PrefectError {
  const reason = reasonOf(cause);
  const advice = isUntrusted(cause)
    ? "Name the authority of its certificate, a PEM file, by PREFECT_API_SSL_CERT_FILE; the name in the certificate " +
      "must be the one in PREFECT_API_URL."
    : "Is the server running, and is PREFECT_API_URL right (it ends in /api)?";
  return new PrefectError(
    "API_UNREACHABLE",
    `No answer from the Prefect API at ${url} (${reason}) for ${request}. ${advice}`,
    { retryable: true, cause },
  );
}

/** Whether it is the server's certificate that is not believed, by the codes of OpenSSL and Node. */
function isUntrusted(cause: unknown): boolean {
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
  return /CERT|UNABLE_TO_VERIFY/.test(code);
}

function reasonOf(cause: unknown): string {
  if (cause instanceof AggregateError && cause.errors[0] !== undefined) return reasonOf(cause.errors[0]);
  if (!(cause instanceof Error)) return String(cause);
  if (cause.message === "" && "code" in cause) return String(cause.code);
  return cause.cause === undefined ? cause.message : `${cause.message}: ${reasonOf(cause.cause)}`;
}

/** Whether an error's body is one that a Prefect server makes, and not one of what stands before it. */
export function isFromPrefect(body: string): boolean {
  return reasonIn(body) !== undefined;
}

/** FastAPI puts the reason in `detail`, text or a list of `{loc, msg}`; Prefect's validation in `exception_detail`. */
function reasonIn(body: string): unknown {
  try {
    const parsed: unknown = JSON.parse(body);
    if (typeof parsed !== "object" || parsed === null) return undefined;
    const record = parsed as Record<string, unknown>;
    return record.exception_detail ?? record.detail ?? record.exception_message;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return undefined;
  }
}

function detailOf(body: string): string {
  const detail = reasonIn(body);
  if (typeof detail === "string") return detail.replace(/\.$/, "");
  if (Array.isArray(detail)) {
    return detail
      .map((item: { loc?: unknown[]; msg?: string }) => `${item.loc?.join(".")}: ${item.msg}`)
      .join("; ");
  }
  return body === "" ? "no text" : body.slice(0, 500).replace(/\s+/g, " ").trim();
}
