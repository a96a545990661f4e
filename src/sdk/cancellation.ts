/** Milliseconds that a cancelled flow without a worker has to put things in order. */
export const DEFAULT_CANCEL_GRACE = 20_000;

/** What a flow's `signal` fires with when the run is cancelled. */
export class CancelledError extends Error {
  override readonly name = "CancelledError";
  constructor(reason = "The flow run was cancelled.") {
    super(reason);
  }
}
