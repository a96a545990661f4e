import { PrefectClient } from "../prefect/client/client.ts";
import { errorText } from "../prefect/errors.ts";
import { loadSettings } from "../prefect/settings/settings.ts";
import { StateProposer } from "../prefect/state-proposer.ts";
import { executeFlowRun } from "../sdk/engine/flow-run-engine.ts";
import { type LevelName, levels } from "../sdk/recorder/recorder.ts";
import { ServerRecorder } from "../sdk/recorder/server-recorder.ts";
import type { Assignment, Receipt } from "./messages.ts";
import { prepare } from "./prepare.ts";
import { printer } from "./print.ts";

/** How long the runner goes on trying to reach a server that is away, in milliseconds. */
const PATIENCE = 60 * 60_000;

/** One flow run in this process, from its assignment to its receipt. */
export class RunExecution {
  #assignment: Assignment;
  #client: PrefectClient;
  #proposer: StateProposer;
  #recorder: ServerRecorder;
  #signal: AbortSignal;

  constructor(assignment: Assignment, signal: AbortSignal) {
    const { flowRun, logFormat } = assignment;
    // The environment was laid over this process's own before: settings are read as any program reads them.
    const settings = loadSettings();
    const print = printer(logFormat, { id: flowRun.id, name: flowRun.name ?? flowRun.id });
    this.#assignment = assignment;
    this.#signal = signal;
    this.#client = new PrefectClient(settings, { retryFor: PATIENCE, userAgent: "prefect-ts runner" });
    this.#proposer = new StateProposer(this.#client.flowRuns, flowRun);
    this.#recorder = new ServerRecorder({ client: this.#client, settings, flowRun, print });
  }

  /**
   * Prepares at once, runs when `go` resolves. A failure to prepare ends the run as `Crashed` with what was tried and why.
   * When `go` rejects, the run was never claimed: nothing is told to the server.
   */
  async run(go: Promise<void>): Promise<Receipt> {
    const { flowRun } = this.#assignment;
    const preparing = prepare(this.#assignment, {
      client: this.#client,
      log: (level, message) => this.log(level === "warning" ? "warn" : level, message),
      signal: this.#signal,
    });
    // Whether it failed matters only once the run is ours.
    preparing.catch(() => undefined);
    try {
      await go;
    } catch (error) {
      return { kind: "left", reason: errorText(error) };
    }
    try {
      const prepared = await preparing;
      const { flow } = prepared;
      if (prepared.commit !== undefined) {
        this.log(
          "info",
          `Running commit ${prepared.commit.slice(0, 12)} of ${this.#assignment.deployment?.entrypoint}`,
        );
      }
      return await executeFlowRun({
        flow: flow.flow,
        flowRun,
        flowRuns: this.#client.flowRuns,
        proposer: this.#proposer,
        recorder: this.#recorder,
        flush: () => this.#recorder.flush(),
        signal: this.#signal,
      });
    } catch (error) {
      if (this.#signal.aborted) return await this.#end("cancelled", String(this.#signal.reason?.message));
      return await this.crash(`Flow run could not start: ${errorText(error)}`);
    }
  }

  /** Ends the run as `Crashed`. */
  crash(message: string): Promise<Receipt> {
    this.log("error", message);
    return this.#end("crashed", message);
  }

  log(level: LevelName, message: string): void {
    this.#recorder.log({ level: levels[level], message, name: "prefect.flow_runs", timestamp: new Date() });
  }

  async close(): Promise<void> {
    await this.#recorder.flush();
    await this.#client.close();
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
