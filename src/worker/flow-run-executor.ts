import { randomUUID } from "node:crypto";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { FlowRun } from "../prefect/api-types.ts";
import { errorText, PrefectError } from "../prefect/errors.ts";
import { StateProposer, type Verdict } from "../prefect/state-proposer.ts";
import { toldByCommand } from "./command-end.ts";
import { WorkerError } from "./errors.ts";
import type { ExecutorContext } from "./executor-context.ts";
import { giveUpRun } from "./give-up-run.ts";
import { sendLeftLogs } from "./left-logs.ts";
import { explainExit } from "./process/exit-codes.ts";
import type { RunnerProcess } from "./process/runner-process.ts";
import type { RunJob } from "./run-job.ts";
import { prepareRunJob } from "./run-job.ts";
import { suspensionSince } from "./suspensions.ts";
import { tellProcess } from "./tell-process.ts";

/** Milliseconds between TERM and KILL. */
const TERM_GRACE = 5_000;
/** Milliseconds that hooks have when the worker is about to go. */
const HOOKS_LAST = 15_000;
/** Milliseconds that a run's end waits for its last logs to come before it. */
const LOGS_FIRST = 60_000;

/** One flow run of this worker, from its claim to its end. Made anew for each run. */
export class FlowRunExecutor {
  readonly flowRun: FlowRun;
  /** Whether the server gave the run to this worker. */
  claimed = false;
  readonly #context: ExecutorContext;
  readonly #proposer: StateProposer;
  readonly #run: { id: string; name: string };
  readonly #runDirectory: string;
  #job: RunJob | undefined;
  /** Resolves when the job is there, or will not come. */
  #preparing: Promise<void> | undefined;
  #stopping = new AbortController();
  /** What its process could not send itself is on its way. */
  #leftLogs: Promise<void> | undefined;
  #hooks: RunnerProcess | undefined;
  #cancelReason: string | undefined;
  /** The state that gave the run to this worker. */
  #claimId: string | undefined;
  #suspension: "suspended" | "resumed" | undefined;
  /** Why the worker itself stopped the run, when it did. */
  #stopReason: string | undefined;

  constructor(flowRun: FlowRun, context: ExecutorContext) {
    this.flowRun = flowRun;
    this.#context = context;
    this.#proposer = new StateProposer(context.client.flowRuns, flowRun);
    this.#run = { id: flowRun.id, name: flowRun.name ?? flowRun.id };
    this.#runDirectory = join(context.storage, "runs", `${flowRun.id}-${randomUUID().slice(0, 8)}`);
  }

  /** Never throws: whatever goes wrong is told to the server and logged. */
  async execute(): Promise<void> {
    try {
      await this.#execute();
    } catch (error) {
      this.#context.logger.error({ flow_run_id: this.#run.id }, `${this.#run.name}: ${errorText(error)}`);
    } finally {
      await this.#cleanUp();
      // A claim that was refused, and hooks, have used up an idle process too.
      this.#context.runners.replenish();
    }
  }

  /** Ends the run as the user asked: the flow's signal first, then TERM, then KILL. */
  cancel(reason: string): void {
    if (this.#cancelReason !== undefined) return;
    this.#cancelReason = reason;
    this.#context.runLog.write(this.#run, "info", "The flow run is being cancelled.");
    this.#cancelProcess();
  }

  /**
   * Something was heard of a suspension: looks what became of the run since it was claimed here. A suspended run's process
   * begins nothing any more. One that was resumed meanwhile starts anew, here or elsewhere, so its old process has to go.
   */
  async lookForSuspension(): Promise<void> {
    const { client, logger } = this.#context;
    if (this.#claimId === undefined || this.#suspension === "resumed") return;
    try {
      const found = suspensionSince(await client.flowRuns.states(this.#run.id), this.#claimId);
      if (found === undefined || found === this.#suspension) return;
      this.#suspension = found;
      this.#tellSuspension();
    } catch (error) {
      logger.debug(`Whether ${this.#run.name} was suspended could not be asked: ${errorText(error)}`);
    }
  }

  /** Stops the run because its worker has to go. */
  stop(reason: string): void {
    this.#stopReason ??= reason;
    this.#stopping.abort(new Error(reason));
    void this.#job?.process.stop(TERM_GRACE);
    // A hook that never ends must not hold up the worker's end.
    void this.#hooks?.stop(TERM_GRACE);
  }

  async #execute(): Promise<void> {
    const { runLog, workerName } = this.#context;
    const claim = this.#proposer.claim(workerName);
    const claimed = claim.then((verdict) => {
      if (verdict.kind !== "accepted") throw new Error("the run was not claimed");
    });
    claimed.catch(() => undefined);
    // The claim takes the server longest: everything else is made ready while it is being answered.
    const early = this.#context.competition.isOn ? undefined : this.#prepare(claimed);
    if (!(await this.#isClaimed(claim))) return;
    runLog.write(this.#run, "info", `Worker '${workerName}' submitting flow run '${this.#run.id}'`);
    using _beating = this.#beatWhilePending();
    let job: RunJob;
    try {
      job = await (early ?? this.#prepare(claimed));
    } catch (error) {
      if (error instanceof WorkerError && error.code === "DEPLOYMENT_GONE") {
        runLog.write(this.#run, "warn", error.message);
        await this.#end("CANCELLED", await this.#proposer.cancelled(error.message));
        return;
      }
      await this.#crash(`Flow run could not be submitted to infrastructure: ${errorText(error)}`);
      return;
    }
    job.process.go();
    if (this.#cancelReason !== undefined) this.#cancelProcess();
    this.#tellSuspension();
    if (this.#stopReason !== undefined) void job.process.stop(TERM_GRACE);
    this.#context.onStarted(job);
    void tellProcess(this.flowRun, job.process, this.#claimId, this.#context);
    await this.#settle(job);
  }

  #prepare(claimed: Promise<void>): Promise<RunJob> {
    const preparing = prepareRunJob(this.flowRun, this.#runDirectory, this.#context, claimed);
    this.#preparing = preparing.then(
      (job) => {
        this.#job = job;
      },
      () => undefined,
    );
    return preparing;
  }

  /** Nobody else can see that a run is being made ready, which may take minutes where dependencies are installed. */
  #beatWhilePending(): Disposable {
    const { events, settings } = this.#context;
    const timer = setInterval(() => {
      if (this.#job?.process.loaded) clearInterval(timer);
      else events.heartbeat(this.flowRun);
    }, settings.heartbeatSeconds * 1000);
    return { [Symbol.dispose]: () => clearInterval(timer) };
  }

  async #isClaimed(claim: Promise<Verdict>): Promise<boolean> {
    let verdict: Verdict;
    try {
      verdict = await claim;
    } catch (error) {
      if (!(error instanceof PrefectError && error.retryable)) throw error;
      const { logger } = this.#context;
      logger.warn({ flow_run_id: this.#run.id }, `${this.#run.name}: was it claimed? ${errorText(error)}`);
      await this.#proposer.giveBackClaim(this.#stopping.signal);
      return false;
    }
    this.claimed = verdict.kind === "accepted";
    if (verdict.kind === "accepted") {
      this.#claimId = verdict.state.id ?? undefined;
      return true;
    }
    // A Scheduled state in the answer's place is a limit's, or a rule's: nobody else has the run then.
    const isAnothers = verdict.kind === "rejected" && verdict.state.type !== "SCHEDULED";
    if (isAnothers || verdict.kind === "aborted") this.#context.competition.lost();
    const why = "reason" in verdict ? verdict.reason : "it was deleted";
    this.#context.logger.debug(
      { flow_run_id: this.#run.id },
      `${this.#run.name} is not for this worker: ${why}`,
    );
    return false;
  }

  #cancelProcess(): void {
    this.#endProcess(this.#cancelReason ?? "");
  }

  #tellSuspension(): void {
    const suspend = this.#job?.process.suspend;
    if (this.#suspension === undefined || suspend === undefined) return;
    suspend();
    if (this.#suspension === "resumed")
      this.#endProcess("The flow run was suspended and resumed while this process was still at work.");
  }

  /** The flow's signal first; TERM, then KILL, after the grace. */
  #endProcess(reason: string): void {
    const process = this.#job?.process;
    if (process === undefined) return;
    process.cancel(reason);
    const grace = this.#context.settings.worker.cancelGraceSeconds * 1000;
    const timer = setTimeout(() => void process.stop(TERM_GRACE), grace);
    void process.exited.then(() => clearTimeout(timer));
  }

  async #settle(job: RunJob): Promise<void> {
    const { logger, runLog } = this.#context;
    const exit = await job.process.exited;
    this.#context.onExited(exit);
    // Before anybody hears of the run's end: nothing of it may still be at work then.
    await job.process.stop(0);
    const { receipt } = job.process;
    if (receipt !== undefined) {
      const end =
        receipt.kind === "ended" ? `ended in state ${receipt.stateName}` : `left alone: ${receipt.reason}`;
      logger.info({ flow_run_id: this.#run.id }, `${this.#run.name}: ${end}`);
      return;
    }
    const told = job.process.leavesReceipt
      ? undefined
      : await toldByCommand(this.#run.id, exit, this.#context);
    if (told !== undefined) {
      logger.info({ flow_run_id: this.#run.id }, `${this.#run.name}: ${told}`);
      return;
    }
    this.#leftLogs = sendLeftLogs(this.#context.client, this.#runDirectory).catch((error) =>
      logger.warn(`What ${this.#run.name} had logged last could not be sent: ${errorText(error)}`),
    );
    await Promise.race([this.#leftLogs, sleep(LOGS_FIRST, undefined, { ref: false })]);
    await this.lookForSuspension();
    // It goes on when it is resumed, or goes on already: whatever ended this process, the run has not ended by it.
    if (this.#suspension === "resumed" || (this.#suspension && this.#cancelReason === undefined)) {
      logger.info({ flow_run_id: this.#run.id }, `${this.#run.name}: left alone: the flow run is suspended`);
      return;
    }
    if (this.#cancelReason !== undefined) {
      await this.#end("CANCELLED", await this.#proposer.cancelled(this.#cancelReason));
      return;
    }
    if (this.#stopReason !== undefined) {
      const { deployment } = job;
      const cutOff = { flowRun: this.flowRun, deployment, reason: this.#stopReason };
      const verdict = await giveUpRun(cutOff, this.#context);
      if (verdict?.kind === "accepted") await this.#end(verdict.state.type, verdict);
      return;
    }
    const { message, remedy } = explainExit(exit);
    await this.#crash(message);
    runLog.write(this.#run, "info", remedy);
  }

  async #crash(message: string): Promise<void> {
    const { runLog } = this.#context;
    runLog.write(this.#run, "error", message);
    await runLog.flush();
    await this.#end("CRASHED", await this.#proposer.crashed(message));
  }

  /** The run's process could not tell its end: the worker did, and has the flow's hooks called. */
  async #end(type: string, verdict: Verdict): Promise<void> {
    if (verdict.kind !== "accepted") return;
    const { logger, runners } = this.#context;
    const name = verdict.state.name ?? type;
    logger.warn({ flow_run_id: this.#run.id }, `${this.#run.name}: reported as ${name}`);
    if (!this.#job?.process.hooks.includes(type)) return;
    const { assignment } = this.#job;
    const runner = await runners.take(assignment.env);
    this.#hooks = runner;
    runner.streamTo(this.#context.output);
    runner.callHooks(
      { ...assignment, runDirectory: `${this.#runDirectory}-hooks` },
      { type, name, message: verdict.state.message ?? "" },
    );
    const timer =
      this.#stopReason === undefined ? undefined : setTimeout(() => void runner.stop(TERM_GRACE), HOOKS_LAST);
    await runner.exited;
    clearTimeout(timer);
    await runner.stop(0);
  }

  async #cleanUp(): Promise<void> {
    // What is being prepared can be cleaned up only when it is there.
    await this.#preparing;
    await this.#job?.process.stop(0);
    await this.#leftLogs;
    for (const folder of [this.#runDirectory, `${this.#runDirectory}-hooks`]) {
      await rm(folder, { recursive: true, force: true, maxRetries: 3 }).catch((error) =>
        this.#context.logger.warn(`Folder ${folder} could not be removed: ${errorText(error)}`),
      );
    }
  }
}
