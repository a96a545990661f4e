/** An error that goes to the client as `ORA-nnnnn: text`. */
export class OracleError extends Error {
  /** The number behind `ORA-`. */
  readonly code: number;
  /** Where in the SQL text, in characters, or 0. */
  readonly offset: number;

  constructor(code: number, text: string, offset = 0) {
    super(`ORA-${String(code).padStart(5, "0")}: ${text}`);
    this.name = "OracleError";
    this.code = code;
    this.offset = offset;
  }
}

/** Texts of the codes that refusals and injected failures use. */
const TEXTS: Record<number, string> = {
  28: "your session has been killed",
  600: "internal error code, arguments: [stand-in]",
  942: "table or view does not exist",
  1013: "user requested cancel of current operation",
  1017: "invalid username/password; logon denied",
  1045: "user lacks CREATE SESSION privilege; logon denied",
  1089: "immediate shutdown or close in progress - no operations are permitted",
  1555: 'snapshot too old: rollback segment number with name "" too small',
  2396: "exceeded maximum idle time, please connect again",
  3113: "end-of-file on communication channel",
  3135: "connection lost contact",
  12571: "TNS:packet writer failure",
  28000: "The account is locked.",
  28001: "the password has expired",
};

/** The error for a code alone, with Oracle's usual text where this server knows it. */
export function oracleError(code: number): OracleError {
  return new OracleError(code, TEXTS[code] ?? "error injected by the stand-in");
}
