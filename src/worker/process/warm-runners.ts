import { join } from "node:path";
import type { Logger } from "pino";
import { WorkerError } from "../errors.ts";
import { needsOwnStart } from "./needs-own-start.ts";
import { RunnerProcess } from "./runner-process.ts";

/** Idle runner processes, loaded and waiting; each is used for one run and replaced. */
export class WarmRunners {
  #idle: RunnerProcess[] = [];
  #size: number;
  #logger: Logger;
  #storage: string;
  #closed = false;

  /** @param storage folder for what is kept between runs; in `compiled`, Node's own cache: a process starts in half the time, with 25 MB less */
  constructor(size: number, storage: string, logger: Logger) {
    this.#size = size;
    this.#storage = storage;
    this.#logger = logger;
    this.#fill();
  }

  /** How many are ready. */
  get idle(): number {
    return this.#idle.filter((runner) => !runner.ended).length;
  }

  /**
   * A process for one run, warm where one is idle and `env` holds nothing that acts only at process start.
   * @param mayStart waited for before one is started; what it throws is thrown
   * @throws WorkerError RUNNER_FAILED
   */
  async take(env: Record<string, string>, mayStart?: Promise<unknown>): Promise<RunnerProcess> {
    const cold = needsOwnStart(env, process.env);
    const idle = () => (cold ? undefined : this.#takeIdle());
    let runner = idle();
    if (runner === undefined) {
      await mayStart;
      runner = idle() ?? this.#start(env);
    }
    try {
      await runner.ready;
      return runner;
    } catch (cause) {
      throw new WorkerError(
        "RUNNER_FAILED",
        `The flow run's process could not be started: ${String(cause)}`,
        cause,
      );
    }
  }

  /** Replaces what was taken. Called when a run has started, or could not, so that no start is slowed by it. */
  replenish(): void {
    this.#fill();
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all(this.#idle.map((runner) => runner.stop(0)));
    this.#idle = [];
  }

  #start(env: Record<string, string>): RunnerProcess {
    return new RunnerProcess({
      NODE_COMPILE_CACHE: join(this.#storage, "compiled"),
      // glibc's malloc has an arena for each thread, and frees little of any: 10 MB less.
      MALLOC_ARENA_MAX: "2",
      ...process.env,
      ...env,
    });
  }

  #takeIdle(): RunnerProcess | undefined {
    this.#idle = this.#idle.filter((runner) => !runner.ended);
    return this.#idle.shift();
  }

  #fill(): void {
    this.#idle = this.#idle.filter((runner) => !runner.ended);
    while (!this.#closed && this.#idle.length < this.#size) {
      const runner = this.#start({});
      this.#idle.push(runner);
      runner.ready.catch((error) => {
        if (!this.#closed) this.#logger.warn(`An idle runner process ended: ${String(error)}`);
      });
    }
  }
}
