/** What a flow's `signal` fires with when the run is cancelled. */
export class CancelledError extends Error {
  override readonly name = "CancelledError";
  constructor(reason = "The flow run was cancelled.") {
    super(reason);
  }
}
