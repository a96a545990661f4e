export type WorkerErrorCode =
  | "POOL_NOT_FOUND"
  | "POOL_TYPE_UNKNOWN"
  | "JOB_CONFIGURATION_INVALID"
  | "DEPLOYMENT_GONE"
  | "RUNNER_FAILED"
  | "HEALTHCHECK_FAILED";

/** The worker cannot start, or cannot start a run. */
export class WorkerError extends Error {
  override readonly name = "WorkerError";
  readonly code: WorkerErrorCode;

  constructor(code: WorkerErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
  }
}
