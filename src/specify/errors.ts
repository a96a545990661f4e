/** Numbers after which the same transaction may simply be done again: waited too long for a lock, deadlock, row changed meanwhile. */
const CONFLICT_NUMBERS = [1205, 1213, 1020];
const LOST_NUMBERS = [1053, 1152, 1184, 1317, 1927, 2006, 2013, 4031];
const LOST_CODES =
  /^(?:ECONNRESET|ECONNREFUSED|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ER_SOCKET_|ER_CONNECTION_|ER_CMD_CONNECTION_CLOSED|ER_CMD_NOT_EXECUTED_DESTROYED|ER_GET_CONNECTION_TIMEOUT|ER_POOL_|SPECIFY-STALLED)/;

/** The user may not write, or nobody may: every further row would fail alike. */
const REFUSED_NUMBERS = [1044, 1142, 1143, 1227, 1290, 1792, 1836, 1036, 1146, 1054];
/** No room is left, in the table or on the disk; or the server's own limit of time for a statement was reached. */
const FULL_NUMBERS = [1114, 1021, 1969];

/** The commit was sent and no answer came: whether the rows are in is not known here. */
export class CommitUnknownError extends Error {
  override readonly name = "CommitUnknownError";

  constructor(cause: unknown) {
    super(
      "The connection to Specify's database was lost during a commit, so it is not known whether its rows went in. " +
        "Run again: what did go in is then found and skipped.",
      { cause },
    );
  }
}

/** Connecting works, and the work breaks the connection each time: the fault is in what it sends. */
export class BreaksConnectionError extends Error {
  override readonly name = "BreaksConnectionError";

  constructor(times: number, lastError: unknown) {
    super(
      `the connection to the database was lost each of the ${times} times that this was written: ${sqlMessage(lastError)}`,
    );
  }
}

/** The database chose this transaction to give way to another one; it was rolled back. */
export function failedForConflict(error: unknown): boolean {
  return CONFLICT_NUMBERS.includes(numberOf(error));
}

/** The server or the way to it is gone: not a fault of the row being written. */
export function failedForConnection(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code, cause, fatal } = error as { code?: unknown; cause?: unknown; fatal?: unknown };
  return (
    fatal === true ||
    LOST_NUMBERS.includes(numberOf(error)) ||
    LOST_CODES.test(String(code ?? "")) ||
    (cause !== undefined && failedForConnection(cause))
  );
}

/**
 * The fault lies with the connection, the user's rights, the tables, a full disk, or somebody else who keeps rows locked, so that
 * the other rows would fail in the same way.
 */
export function failsEveryRow(error: unknown): boolean {
  return (
    error instanceof CommitUnknownError ||
    failedForConnection(error) ||
    failedForConflict(error) ||
    REFUSED_NUMBERS.includes(numberOf(error)) ||
    FULL_NUMBERS.includes(numberOf(error))
  );
}

/** The server's own words about a failed statement, without the statement. */
export function sqlMessage(error: unknown): string {
  const { sqlMessage: message } = (error ?? {}) as { sqlMessage?: unknown };
  if (typeof message === "string") return message;
  return error instanceof Error ? error.message : String(error);
}

function numberOf(error: unknown): number {
  return Number((error as { errno?: unknown } | null)?.errno ?? 0);
}
