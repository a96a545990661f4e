/** Codes of what can be wrong with a flow's code. Stable. */
export type FlowLoadErrorCode =
  | "ENTRYPOINT_INVALID"
  | "ENTRYPOINT_OUTSIDE"
  | "ENTRYPOINT_MISSING"
  | "ENTRYPOINT_NOT_MODULE"
  | "MODULE_FAILED"
  | "FLOW_NOT_FOUND"
  | "FLOW_PARAMETERS_INVALID";

/** The flow of an entrypoint cannot be had. */
export class FlowLoadError extends Error {
  override readonly name = "FlowLoadError";
  readonly code: FlowLoadErrorCode;

  constructor(code: FlowLoadErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
  }
}
