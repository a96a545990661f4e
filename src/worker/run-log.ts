import { setTimeout as sleep } from "node:timers/promises";
import type { Logger } from "pino";
import type { PrefectClient } from "../prefect/client/client.ts";
import { LogShipper } from "../prefect/log-shipper.ts";
import { PATIENCE } from "../prefect/retry-delay.ts";

const FLUSH = 60_000;

const levels = { info: 20, warn: 30, error: 40 } as const;

/** The worker's own steps, told on the run itself, as Prefect's worker does (logger `prefect.worker`). */
export class RunLog {
  #shipper: LogShipper;
  #logger: Logger;
  #toApi: boolean;

  /** @param toApi  false: only the worker's own log has it */
  constructor(client: PrefectClient, logger: Logger, toApi = true) {
    this.#logger = logger;
    this.#toApi = toApi;
    const sendLogs: PrefectClient["sendLogs"] = (logs) => client.sendLogs(logs, { retryFor: PATIENCE });
    this.#shipper = new LogShipper({ sendLogs }, (text) => logger.warn(text));
  }

  write(run: { id: string; name: string }, level: keyof typeof levels, message: string): void {
    this.#logger[level]({ flow_run_id: run.id }, `${run.name}: ${message}`);
    if (!this.#toApi) return;
    this.#shipper.add({
      name: "prefect.worker",
      level: levels[level],
      message,
      timestamp: new Date().toISOString(),
      flow_run_id: run.id,
    });
  }

  /** Waits for what was written, but a minute at most: neither a run's end nor the worker's is held up by its logs. */
  async flush(): Promise<void> {
    await Promise.race([this.#shipper.flush(), sleep(FLUSH, undefined, { ref: false })]);
  }
}
