import type { Logger } from "pino";
import type { PrefectClient } from "../prefect/client/client.ts";
import { LogShipper } from "../prefect/log-shipper.ts";

const levels = { info: 20, warn: 30, error: 40 } as const;

/** The worker's own steps, told on the run itself, as Prefect's worker does (logger `prefect.worker`). */
export class RunLog {
  #shipper: LogShipper;
  #logger: Logger;

  constructor(client: PrefectClient, logger: Logger) {
    this.#logger = logger;
    this.#shipper = new LogShipper(client, (text) => logger.warn(text));
  }

  write(run: { id: string; name: string }, level: keyof typeof levels, message: string): void {
    this.#logger[level]({ flow_run_id: run.id }, `${run.name}: ${message}`);
    this.#shipper.add({
      name: "prefect.worker",
      level: levels[level],
      message,
      timestamp: new Date().toISOString(),
      flow_run_id: run.id,
    });
  }

  flush(): Promise<void> {
    return this.#shipper.flush();
  }
}
