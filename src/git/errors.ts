/** Stable codes of everything that can stop a flow run from getting its code. */
export type PullErrorCode =
  | "GIT_BAD_INPUT"
  | "GIT_NOT_INSTALLED"
  | "GIT_BRANCH_NOT_FOUND"
  | "GIT_COMMIT_NOT_FOUND"
  | "GIT_REPOSITORY_NOT_FOUND"
  | "GIT_AUTHENTICATION_FAILED"
  | "GIT_UNREACHABLE"
  | "GIT_SERVER_ERROR"
  | "GIT_CERTIFICATE_REFUSED"
  | "GIT_HOST_KEY_REFUSED"
  | "GIT_OWNERSHIP_REFUSED"
  | "GIT_DISK_FULL"
  | "GIT_TIMEOUT"
  | "GIT_CANCELLED"
  | "GIT_MIRROR_CORRUPTED"
  | "GIT_MIRROR_BUSY"
  | "GIT_FAILED"
  | "CHECKOUT_REFUSED"
  | "DEPENDENCIES_FAILED"
  | "PULL_STEP_UNKNOWN"
  | "PULL_STEP_REFUSED"
  | "PULL_STEP_INPUT"
  | "PULL_STEP_FAILED";

/**
 * A flow run could not get its code. `message` says what happened, the value seen and what to do next, and holds no
 * secret; `retryable` tells whether the same call may succeed later without anybody changing anything.
 */
export class PullError extends Error {
  readonly code: PullErrorCode;
  readonly retryable: boolean;

  constructor(code: PullErrorCode, message: string, options: { retryable?: boolean; cause?: unknown } = {}) {
    super(`${code}: ${message}`, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "PullError";
    this.code = code;
    this.retryable = options.retryable ?? false;
  }
}

/** The error of a call that an AbortSignal ended. */
export function cancelled(what: string): PullError {
  return new PullError("GIT_CANCELLED", `${what} was cancelled before it finished.`);
}

/** Throws the cancellation error when `signal` has fired. */
export function throwIfCancelled(signal: AbortSignal | undefined, what: string): void {
  if (signal?.aborted) throw cancelled(what);
}
