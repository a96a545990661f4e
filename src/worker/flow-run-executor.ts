import { randomUUID } from "node:crypto";
import { rm } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import type { Deployment, FlowRun } from "../prefect/api-types.ts";
import { errorText } from "../prefect/errors.ts";
import { StateProposer, type Verdict } from "../prefect/state-proposer.ts";
import { configureJob, type ProcessJobConfiguration } from "./configure/job-configuration.ts";
import { runEnvironment } from "./configure/run-environment.ts";
import { WorkerError } from "./errors.ts";
import type { ExecutorContext } from "./executor-context.ts";
import { explainExit } from "./process/exit-codes.ts";
import type { RunnerProcess } from "./process/runner-process.ts";

/** Milliseconds between asking a run to end and TERM, and between TERM and KILL. */
const CANCEL_GRACE = 30_000;
const TERM_GRACE = 5_000;

interface Job {
  deployment: Deployment | undefined;
  flowName: string;
  configuration: ProcessJobConfiguration;
}

/** One flow run of this worker, from its claim to its end. Made anew for each run. */
export class FlowRunExecutor {
  readonly flowRun: FlowRun;
  #context: ExecutorContext;
  #proposer: StateProposer;
  #process: RunnerProcess | undefined;
  #cancelReason: string | undefined;
  /** Why the worker itself stopped the run, when it did. */
  #stopReason: string | undefined;
  #run: { id: string; name: string };

  constructor(flowRun: FlowRun, context: ExecutorContext) {
    this.flowRun = flowRun;
    this.#context = context;
    this.#proposer = new StateProposer(context.client.flowRuns, flowRun);
    this.#run = { id: flowRun.id, name: flowRun.name ?? flowRun.id };
  }

  /** Never throws: whatever goes wrong is told to the server and logged. */
  async execute(): Promise<void> {
    const { storage, logger } = this.#context;
    const runDirectory = join(storage, "runs", `${this.flowRun.id}-${randomUUID().slice(0, 8)}`);
    try {
      await this.#execute(runDirectory);
    } catch (error) {
      logger.error({ flow_run_id: this.flowRun.id }, `${this.#run.name}: ${errorText(error)}`);
    } finally {
      await this.#process?.stop(0);
      await rm(runDirectory, { recursive: true, force: true, maxRetries: 3 }).catch((error) =>
        logger.warn(`Folder ${runDirectory} could not be removed: ${errorText(error)}`),
      );
    }
  }

  /** Ends the run as the user asked: the flow's signal first, then TERM, then KILL. */
  cancel(reason: string): void {
    if (this.#cancelReason !== undefined) return;
    this.#cancelReason = reason;
    this.#process?.send({ type: "cancel", reason });
    const timer = setTimeout(() => void this.#process?.stop(TERM_GRACE), CANCEL_GRACE);
    timer.unref();
    void this.#process?.exited.then(() => clearTimeout(timer));
  }

  /** Stops the run because its worker has to go; it is then reported as `Crashed`. */
  async stop(reason: string): Promise<void> {
    this.#stopReason ??= reason;
    await this.#process?.stop(TERM_GRACE);
  }

  async #execute(runDirectory: string): Promise<void> {
    const { runLog, workerName } = this.#context;
    // The claim takes the server longest: everything else is made ready while it is being answered.
    const claim = this.#proposer.claim(workerName);
    claim.catch(() => undefined);
    const preparing = this.#prepare(runDirectory);
    preparing.catch(() => undefined);
    if (!this.#claimed(await claim)) {
      // The folder can only be removed once nobody fills it any more.
      await preparing.catch(() => undefined);
      return;
    }
    runLog.write(this.#run, "info", `Worker '${workerName}' submitting flow run '${this.flowRun.id}'`);
    let runner: RunnerProcess;
    try {
      runner = await preparing;
    } catch (error) {
      await this.#crash(`Flow run could not be submitted to infrastructure: ${errorText(error)}`);
      return;
    }
    runner.send({ type: "go" });
    if (this.#cancelReason !== undefined) runner.send({ type: "cancel", reason: this.#cancelReason });
    if (this.#stopReason !== undefined) void runner.stop(TERM_GRACE);
    this.#context.onStarted();
    this.#tellPid(runner.pid);
    await this.#settle(runner);
  }

  #claimed(verdict: Verdict): boolean {
    if (verdict.kind === "accepted") return true;
    const why = "reason" in verdict ? verdict.reason : "it was deleted";
    this.#context.logger.debug(
      { flow_run_id: this.flowRun.id },
      `${this.#run.name} is not for this worker: ${why}`,
    );
    return false;
  }

  async #prepare(runDirectory: string): Promise<RunnerProcess> {
    const { runners, settings, workerName, storage, logFormat, output } = this.#context;
    const { deployment, flowName, configuration } = await this.#configure();
    const env = runEnvironment(
      { flowRun: this.flowRun, flowName, deployment, workerName, settings: settings.raw },
      configuration.env,
    );
    const runner = await runners.take(env);
    this.#process = runner;
    if (configuration.streamOutput) runner.streamTo(output);
    const { workingDirectory } = configuration;
    runner.send({
      type: "prepare",
      assignment: {
        flowRun: this.flowRun,
        flowName,
        deployment,
        env,
        runDirectory,
        storage,
        workingDirectory,
        logFormat,
      },
    });
    return runner;
  }

  async #configure(): Promise<Job> {
    const { client, pool } = this.#context;
    const { deployment_id, flow_id } = this.flowRun;
    const [deployment, flow] = await Promise.all([
      deployment_id ? client.deployments.read(deployment_id) : undefined,
      client.deployments.readFlow(flow_id),
    ]);
    const configuration = await configureJob(
      { pool, deployment, flowRun: this.flowRun },
      client,
      process.env,
    );
    if (configuration.command !== undefined) {
      throw new WorkerError(
        "JOB_CONFIGURATION_INVALID",
        `The job variable "command" is set (${configuration.command}); this worker runs flows in its own runner. Remove it.`,
      );
    }
    return { deployment, flowName: flow.name, configuration };
  }

  /** `host:pid`, so that anyone's cancel can find the process. The run does not wait for it. */
  #tellPid(pid: number): void {
    const { client, logger } = this.#context;
    client.flowRuns
      .update(this.flowRun.id, { infrastructure_pid: `${hostname()}:${pid}` })
      .catch((error) =>
        logger.warn(`infrastructure_pid of ${this.#run.name} could not be told: ${errorText(error)}`),
      );
  }

  async #settle(runner: RunnerProcess): Promise<void> {
    const { logger, runLog } = this.#context;
    const exit = await runner.exited;
    const { receipt } = runner;
    if (receipt?.kind === "ended") {
      logger.info({ flow_run_id: this.flowRun.id }, `${this.#run.name}: ended in state ${receipt.stateName}`);
      return;
    }
    if (receipt?.kind === "left") {
      logger.info({ flow_run_id: this.flowRun.id }, `${this.#run.name}: left alone: ${receipt.reason}`);
      return;
    }
    if (this.#cancelReason !== undefined) {
      await this.#proposer.cancelled(this.#cancelReason);
      return;
    }
    const { message, remedy } = explainExit(exit);
    await this.#crash(this.#stopReason ?? message);
    if (this.#stopReason === undefined) runLog.write(this.#run, "info", remedy);
  }

  async #crash(message: string): Promise<void> {
    const { runLog } = this.#context;
    runLog.write(this.#run, "error", message);
    await runLog.flush();
    const verdict = await this.#proposer.crashed(message);
    if (verdict.kind === "accepted") this.#context.logger.warn(`${this.#run.name}: reported as Crashed`);
  }
}
