import { rm } from "node:fs/promises";
import { PrefectClient } from "../prefect/client/client.ts";
import { errorText } from "../prefect/errors.ts";
import { LogSpool, spoolPath } from "../prefect/log-spool.ts";
import { PATIENCE } from "../prefect/retry-delay.ts";
import { loadSettings, type Settings } from "../prefect/settings/settings.ts";
import { StateProposer } from "../prefect/state-proposer.ts";
import { describeError } from "../sdk/engine/describe-error.ts";
import { FlowRunEngine } from "../sdk/engine/flow-run-engine.ts";
import { startHeartbeat } from "../sdk/engine/keep-alive.ts";
import { Suspension } from "../sdk/engine/suspension.ts";
import { hookStateTypes } from "../sdk/hooks.ts";
import { logOutsideOfRunsTo } from "../sdk/logger.ts";
import { type LevelName, levels } from "../sdk/recorder/recorder.ts";
import { ServerRecorder } from "../sdk/recorder/server-recorder.ts";
import { FlowLoadError } from "./errors.ts";
import type { Assignment, FromRunner, HookState, Receipt } from "./messages.ts";
import { watchOwnCancellation } from "./own-cancellation.ts";
import { type Prepared, prepare } from "./prepare.ts";
import { printed, printer } from "./print.ts";

/** Milliseconds that a run waits at its end for whoever reads what it prints. */
const PRINT_TIMEOUT = 2_000;
/** The share of the cancel grace that the flow has; the rest is for telling the server. */
const FLOW_SHARE = 0.7;

type Loaded = Omit<Extract<FromRunner, { type: "loaded" }>, "type">;

/** One flow run in this process, from its assignment to its receipt. */
export class RunExecution {
  #assignment: Assignment;
  #client: PrefectClient;
  #proposer: StateProposer;
  #recorder: ServerRecorder;
  #signal: AbortSignal;
  #settings: Settings;
  #closing = new AbortController();
  #beating: Disposable | undefined;
  #suspension = new Suspension();
  #claimed = false;
  #isCrashing = false;
  #alone = false;
  #engine: FlowRunEngine | undefined;

  constructor(assignment: Assignment, signal: AbortSignal) {
    const { flowRun, flowName, deployment, logFormat } = assignment;
    // The environment was laid over this process's own before: settings are read as any program reads them.
    const settings = loadSettings();
    const print = printer(logFormat);
    this.#assignment = assignment;
    this.#settings = settings;
    this.#signal = signal;
    this.#client = new PrefectClient(settings, { retryFor: PATIENCE });
    this.#proposer = new StateProposer(this.#client.flowRuns, flowRun, () => this.#alone);
    const spool = new LogSpool(spoolPath(assignment.runDirectory));
    const origin = { flowName, deployment };
    this.#recorder = new ServerRecorder({ client: this.#client, settings, flowRun, origin, print, spool });
    logOutsideOfRunsTo(this.#recorder);
  }

  /**
   * Prepares at once, runs when `go` resolves. A failure to prepare ends the run as `Crashed` with what was tried and why.
   * When `go` rejects, the run was never claimed: nothing is told to the server.
   * @param onLoaded told when the flow is there
   */
  async run(go: Promise<void>, onLoaded: (loaded: Loaded) => void): Promise<Receipt> {
    const preparing = this.#prepare(go);
    // Whether it failed matters only once the run is ours.
    preparing.catch(() => undefined);
    try {
      await go;
    } catch (error) {
      return { kind: "left", reason: errorText(error) };
    }
    this.#claimed = true;
    try {
      const prepared = await preparing;
      const { flow, checkoutSeconds } = prepared;
      onLoaded({ hooks: hookStateTypes(flow.flow.options), checkoutSeconds });
      if (prepared.commit !== undefined) {
        this.log(
          "info",
          `Running commit ${prepared.commit.slice(0, 12)} of ${this.#assignment.deployment?.entrypoint}`,
        );
      }
      this.#engine = this.#engineFor(prepared);
      const receipt = await this.#engine.execute();
      // Whoever tells of the crash leaves the receipt.
      if (this.#isCrashing) await new Promise(() => undefined);
      return receipt;
    } catch (error) {
      if (this.#suspension.requested) return { kind: "left", reason: "the flow run is suspended" };
      if (this.#signal.aborted) return await this.#end("cancelled", String(this.#signal.reason?.message));
      if (error instanceof FlowLoadError && error.cause !== undefined)
        this.log("error", describeError(error.cause).stack);
      return await this.crash(`Flow run could not start: ${errorText(error)}`);
    }
  }

  /** Loads the flow and calls its hooks for a state that the run's own process can no longer tell of. */
  async callHooks(state: HookState): Promise<Receipt> {
    try {
      await this.#engineFor(await this.#prepare(Promise.resolve())).callHooks(
        state.type,
        state.name,
        state.message,
      );
    } catch (error) {
      this.log("error", `The hooks for ${state.name} could not be called: ${errorText(error)}`);
    }
    return { kind: "left", reason: "hooks were called" };
  }

  /** Ends the run as `Crashed`. */
  async crash(message: string): Promise<Receipt> {
    this.#isCrashing = true;
    this.log("error", message);
    await this.#engine?.crashOpenRuns(message);
    const receipt = await this.#end("crashed", message);
    if (receipt.kind === "ended")
      await this.#engine?.callHooks(receipt.stateType, receipt.stateName, message);
    return receipt;
  }

  /** Whether it is settled how the run ends. */
  get isEnding(): boolean {
    return this.#engine?.isEnding === true;
  }

  log(level: LevelName, message: string): void {
    this.#recorder.log({ level: levels[level], message, name: "prefect.flow_runs", timestamp: new Date() });
  }

  /** Somebody else has suspended the run: it begins nothing any more, and ends when what it has begun has ended. */
  suspend(): void {
    // One that has suspended itself is told of it, too.
    if (this.#suspension.requested) return;
    this.#suspension.request();
    this.log("info", "The flow run was suspended: it stops before its next task or subflow run.");
  }

  /** The worker is gone: what it did for the run, to notice a cancellation or suspension and to clean up, is done here. */
  carryOnAlone(cancel: (reason: string) => void): void {
    if (this.#alone) return;
    this.#alone = true;
    const watch = {
      client: this.#client,
      flowRunId: this.#assignment.flowRun.id,
      seconds: this.#settings.worker.querySeconds,
      onCancelled: () => cancel("The flow run was cancelled by a user."),
      onSuspended: () => this.suspend(),
      onError: (text: string) => this.log("debug", text),
    };
    void watchOwnCancellation(watch, this.#closing.signal);
    // While the run was Pending the worker told that it is at work; once it runs, its engine does.
    if (!this.#claimed || this.#engine !== undefined) return;
    const { flowRun, heartbeatSeconds } = this.#assignment;
    this.#beating = startHeartbeat(this.#client, flowRun, heartbeatSeconds);
  }

  async close(): Promise<void> {
    this.#closing.abort();
    this.#beating?.[Symbol.dispose]();
    await this.#recorder.close();
    await printed(PRINT_TIMEOUT);
    await this.#client.close();
    if (this.#alone) await rm(this.#assignment.runDirectory, { recursive: true, force: true, maxRetries: 3 });
  }

  #prepare(claimed: Promise<void>): Promise<Prepared> {
    return prepare(this.#assignment, {
      client: this.#client,
      log: (level, message) => this.log(level === "warning" ? "warn" : level, message),
      signal: this.#signal,
      claimed,
    });
  }

  #engineFor({ flow }: Prepared): FlowRunEngine {
    return new FlowRunEngine({
      flow: flow.flow,
      flowRun: this.#assignment.flowRun,
      client: this.#client,
      proposer: this.#proposer,
      recorder: this.#recorder,
      flush: () => this.#recorder.flush(),
      settle: () => this.#recorder.settle(),
      release: () => this.#recorder.release(),
      signal: this.#signal,
      suspension: this.#suspension,
      cancelGrace: this.#assignment.cancelGrace * FLOW_SHARE,
      heartbeatSeconds: this.#assignment.heartbeatSeconds,
    });
  }

  async #end(how: "crashed" | "cancelled", message: string): Promise<Receipt> {
    await this.#recorder.flush();
    const verdict = await this.#proposer[how](message);
    if (verdict.kind === "accepted" || verdict.kind === "rejected") {
      const { type, name } = verdict.state;
      return { kind: "ended", stateType: type, stateName: name ?? type, message };
    }
    return { kind: "left", reason: verdict.kind === "gone" ? "the flow run was deleted" : verdict.reason };
  }
}
