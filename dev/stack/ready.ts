import { setTimeout as delay } from "node:timers/promises";
import type { ServiceProcess } from "./service-process.ts";

const POLL_MS = 50;

/**
 * Waits until a service answers its probe.
 * @param probe  throws until the service is ready; what it gives is given back
 * @throws Error when the process has ended, when the time is up, or when the stack is given up; with the
 *   service's last log lines and the last answer of the probe
 */
export async function waitUntilReady<T>(
  service: ServiceProcess,
  probe: () => Promise<T>,
  { timeoutMs, signal }: { timeoutMs: number; signal: AbortSignal },
): Promise<T> {
  const started = performance.now();
  for (;;) {
    signal.throwIfAborted();
    let answer: unknown;
    try {
      return await probe();
    } catch (error) {
      answer = error;
    }
    const ended = service.ended();
    const late = performance.now() - started > timeoutMs;
    if (ended !== undefined || late) {
      const what =
        ended !== undefined
          ? `ended (${ended}) before it was ready`
          : `was not ready in ${timeoutMs / 1000} s`;
      throw new Error(
        `${service.name} ${what}. Last answer: ${(answer as Error).message}\n` +
          `Last lines of its log (${service.logFile}):\n${service.lastLines() || "(the log is empty)"}`,
        { cause: answer },
      );
    }
    await delay(POLL_MS);
  }
}
