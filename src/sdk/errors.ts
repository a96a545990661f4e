/** A run ended as Failed, and there is no error of its own to throw (`FailedRun` of Prefect's Python). */
export class FailedRunError extends Error {
  override readonly name = "FailedRunError";
}

/** A run ended as Crashed. */
export class CrashedRunError extends Error {
  override readonly name = "CrashedRunError";
}

/** A run ended as Cancelled. */
export class CancelledRunError extends Error {
  override readonly name = "CancelledRunError";
}

/** The result of a run was asked for that has kept none, or where it cannot be read (`MissingResult` of Prefect's Python). */
export class MissingResultError extends Error {
  override readonly name = "MissingResultError";
}

/** The result of a run was asked for that has not ended. */
export class UnfinishedRunError extends Error {
  override readonly name = "UnfinishedRunError";
}

/** An upstream run, whose result a task or subflow was to get, did not complete: the task does not run (`NotReady`). */
export class UpstreamTaskError extends Error {
  override readonly name = "UpstreamTaskError";
  constructor(upstream: string) {
    super(`Upstream task run '${upstream}' did not reach a 'COMPLETED' state.`);
  }
}

/** Futures had not ended within the time that was given to them. */
export class TimeoutError extends Error {
  override readonly name = "TimeoutError";
}

/** A paused flow run was not resumed within its time. */
export class FlowPauseTimeoutError extends Error {
  override readonly name = "FlowPauseTimeoutError";
}

/** Thrown by `suspendFlowRun`, to leave the flow's function: the run goes on in another process when it is resumed. */
export class FlowRunSuspended extends Error {
  override readonly name = "FlowRunSuspended";
  constructor() {
    super("The flow run is suspended: its function is left here, and called anew when the run is resumed.");
  }
}
