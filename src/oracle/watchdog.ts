import type { DriverSockets } from "./sockets.ts";

/** The server was silent for too long; the connection is given up. */
export class OracleStalledError extends Error {
  override readonly name = "OracleStalledError";
  readonly code = "ORACLE-STALLED";
}

interface WatchOptions {
  /** What is being done, for the message: "connecting", "reading USD_METADATA.BRUKARAR". */
  doing: string;
  /** `host:port/service`, for the message. */
  where: string;
  seconds: number;
  sockets: DriverSockets;
  signal: AbortSignal | undefined;
}

/**
 * Waits for a call of the driver no longer than the server keeps showing signs of life.
 *
 * node-oracledb waits for ever on a server that accepts and then is mute: `connectTimeout` ends before the login,
 * and `callTimeout` sends a break that a mute server does not answer. So the deadline is ours, and counts from the last
 * byte received (in thick mode, whose sockets cannot be seen, from the start of the call). At the deadline, or
 * when `signal` aborts, the sockets are cut and the driver's own answer is not waited for.
 * @throws OracleStalledError after `seconds` of silence; the signal's reason when it aborts
 */
export async function watched<T>(call: Promise<T>, options: WatchOptions): Promise<T> {
  const { signal, sockets, seconds } = options;
  // The call may fail much later, when nobody listens any more.
  call.catch(ignoreLateFailure);
  let timer: NodeJS.Timeout | undefined;
  let onAbort: (() => void) | undefined;
  const givenUp = new Promise<never>((_resolve, reject) => {
    const giveUp = (reason: unknown): void => {
      sockets.destroy();
      reject(reason);
    };
    onAbort = () => giveUp(signal?.reason);
    if (signal?.aborted) return onAbort();
    signal?.addEventListener("abort", onAbort, { once: true });
    let seen = sockets.bytesRead;
    let lastSign = performance.now();
    let lastLook = lastSign;
    const every = Math.min(1000, Math.max(10, seconds * 100));
    timer = setInterval(() => {
      const now = performance.now();
      // A process that was itself held up (busy, frozen, on a sleeping machine) has not listened: that is not the server's silence.
      if (now - lastLook > 5 * every) lastSign += now - lastLook;
      lastLook = now;
      if (sockets.bytesRead !== seen) {
        seen = sockets.bytesRead;
        lastSign = now;
      } else if (now - lastSign >= seconds * 1000) {
        giveUp(stalled(options));
      }
    }, every);
  });
  try {
    return await Promise.race([call, givenUp]);
  } finally {
    clearInterval(timer);
    if (onAbort) signal?.removeEventListener("abort", onAbort);
  }
}

function stalled({ where, doing, seconds }: WatchOptions): OracleStalledError {
  return new OracleStalledError(
    `Oracle at ${where} sent nothing for ${seconds} s while ${doing}; the connection was given up. ` +
      "If the server may be silent for longer, raise ORACLE_STALL_TIMEOUT_SECONDS.",
  );
}

function ignoreLateFailure(): void {
  // Its outcome was already decided by the deadline or by the signal.
}
