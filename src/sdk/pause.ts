import { randomUUID } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import type { z } from "zod";
import { StateProposer, type Verdict } from "../prefect/state-proposer.ts";
import { type ProposedState, state } from "../prefect/states.ts";
import { currentScope, type FlowRunScope } from "./context.ts";
import { FlowPauseTimeoutError, FlowRunSuspended } from "./errors.ts";
import { logger } from "./logger.ts";
import type { RunServer } from "./recorder/run-server.ts";
import { checkInput, inputKeys, saveInputSchema } from "./run-input.ts";
import { openServer } from "./server.ts";

interface Common {
  /**
   * What whoever resumes the run is to give: the UI makes a form of it, and the server checks it. It is what the call
   * gives back.
   */
  waitForInput?: z.ZodObject;
  /** Markdown, shown above that form. */
  description?: string;
  /** Tells this pause from the run's others. Default: the number of the pause. */
  key?: string;
}

export interface PauseOptions extends Common {
  /** Seconds until the run fails when nobody resumes it. Default 3600. */
  timeoutSeconds?: number;
  /** Seconds between looks whether it was resumed. Default 5. */
  pollSeconds?: number;
}

export interface SuspendOptions extends Common {
  /** Seconds until the run fails when nobody resumes it. Default: no end. */
  timeoutSeconds?: number;
}

/**
 * Pauses the flow run until somebody resumes it in the UI, by `resumeFlowRun`, or by Prefect's Python. The process waits;
 * for long waits use `suspendFlowRun`.
 *
 *     const { approved } = await pauseFlowRun({ waitForInput: z.object({ approved: z.boolean() }) });
 *
 * @throws FlowPauseTimeoutError when nobody did in time; Error outside of a flow run on a server
 */
export function pauseFlowRun<Schema extends z.ZodObject>(
  options: PauseOptions & { waitForInput: Schema },
): Promise<z.output<Schema>>;
export function pauseFlowRun(options?: PauseOptions & { waitForInput?: never }): Promise<undefined>;
export async function pauseFlowRun(options: PauseOptions = {}): Promise<unknown> {
  const { timeoutSeconds = 3600, pollSeconds = 5, waitForInput } = options;
  const { flowRun, server } = pausable("paused");
  logger.info("Pausing flow, execution will continue when this flow run is resumed.");
  const pause = pauseState("Paused", nextKey(options, flowRun), timeoutSeconds, waitForInput);
  const verdict = await propose(server, pause);
  if (verdict === "paused") {
    await saveInputSchema(server, pause, options);
    await untilResumed(flowRun, server, timeoutSeconds, pollSeconds);
    logger.info("Resuming flow run execution!");
  }
  return await checkInput(server, pause, waitForInput);
}

/** Which other run to suspend. */
export interface SuspendOtherOptions {
  flowRunId: string;
  /** Seconds until the run fails when nobody resumes it. Default: no end. */
  timeoutSeconds?: number;
  /** Tells this pause from the run's others. Default: one of its own. */
  key?: string;
}

/**
 * Suspends the flow run: its process ends, and a worker starts the run anew, from the top, when it is resumed. What came
 * before is then run again, unless its results are kept (`persistResult: true` on the flow: its tasks are then `Cached`).
 * Only for runs of a deployment, and not in a task or subflow.
 *
 *     await suspendFlowRun({ waitForInput: z.object({ approved: z.boolean() }) });
 *
 * With `flowRunId` it suspends another run, from anywhere: what that has begun runs to its end, and nothing begins any more.
 *
 * @throws FlowRunSuspended, which is to leave the flow's function: don't catch it; Error where a run cannot be suspended
 */
export function suspendFlowRun<Schema extends z.ZodObject>(
  options: SuspendOptions & { waitForInput: Schema },
): Promise<z.output<Schema>>;
export function suspendFlowRun(options: SuspendOtherOptions): Promise<undefined>;
export function suspendFlowRun(options?: SuspendOptions & { waitForInput?: never }): Promise<undefined>;
export async function suspendFlowRun(options: SuspendOptions | SuspendOtherOptions = {}): Promise<unknown> {
  if ("flowRunId" in options) return suspendOther(options);
  const { timeoutSeconds, waitForInput } = options;
  if (currentScope()?.taskRun !== undefined)
    throw new Error("A task cannot suspend the flow run: let the flow do it.");
  const { flowRun, server } = pausable("suspended");
  logger.info("Suspending flow run, execution will be rescheduled when this flow run is resumed.");
  const pause = pauseState("Suspended", nextKey(options, flowRun), timeoutSeconds, waitForInput);
  if ((await propose(server, pause)) === "paused") {
    await saveInputSchema(server, pause, options);
    flowRun.suspension.request();
    throw new FlowRunSuspended();
  }
  return await checkInput(server, pause, waitForInput);
}

function pausable(done: string): { flowRun: FlowRunScope; server: RunServer } {
  const flowRun = currentScope()?.flowRun;
  const server = flowRun?.recorder.server;
  if (flowRun === undefined)
    throw new Error(`Only a flow run can be ${done}: this code runs outside of one.`);
  if (server === undefined)
    throw new Error(
      `Flow "${flowRun.flowName}" was called as a plain function: only a flow run on a server can be ${done}. ` +
        "Run a deployment of it; in a unit test give the flow a way round.",
    );
  return { flowRun, server };
}

/** Nobody waits in that run, so there is no input to wait for; and no key that a pause of its own may have. */
async function suspendOther({ flowRunId, timeoutSeconds, key }: SuspendOtherOptions): Promise<undefined> {
  await using server = openServer();
  const { client } = server;
  const pause = pauseState("Suspended", key ?? randomUUID(), timeoutSeconds, undefined);
  await propose({ client, flowRun: await client.flowRuns.read(flowRunId) }, pause);
  const { flowRun } = currentScope() ?? {};
  // Its worker tells another run; the own one knows at once.
  if (flowRun?.flowRunId === flowRunId) flowRun.suspension.request();
}

function nextKey({ key }: Common, flowRun: FlowRunScope): string {
  flowRun.pauses += 1;
  return key ?? String(flowRun.pauses);
}

function pauseState(
  name: "Paused" | "Suspended",
  pause_key: string,
  timeoutSeconds: number | undefined,
  waitForInput: z.ZodObject | undefined,
): ProposedState {
  const made = state("PAUSED", name);
  const until = timeoutSeconds === undefined ? undefined : new Date(Date.now() + timeoutSeconds * 1000);
  return {
    ...made,
    state_details: {
      ...made.state_details,
      pause_reschedule: name === "Suspended",
      pause_key,
      ...(until && { pause_timeout: until.toISOString() }),
      ...(waitForInput && { run_input_keyset: inputKeys(name, pause_key) }),
    },
  };
}

/** `resumed`: this pause was before the run was suspended and started anew, or tried again. */
async function propose(
  { client, flowRun }: Pick<RunServer, "client" | "flowRun">,
  pause: ProposedState,
): Promise<"paused" | "resumed"> {
  const verdict: Verdict = await new StateProposer(client.flowRuns, flowRun).paused(pause);
  if (verdict.kind === "accepted") return "paused";
  if (verdict.kind === "rejected" && verdict.state.type === "RUNNING") return "resumed";
  const reason = verdict.kind === "gone" ? "it was deleted" : verdict.reason;
  throw new Error(`The flow run cannot be ${pause.name.toLowerCase()}: ${reason}`);
}

async function untilResumed(
  { signal, suspension }: FlowRunScope,
  { client, flowRun }: RunServer,
  timeoutSeconds: number,
  pollSeconds: number,
): Promise<void> {
  const deadline = Date.now() + timeoutSeconds * 1000;
  for (;;) {
    const pause = Math.min(pollSeconds * 1000, Math.max(0, deadline - Date.now()));
    await wait(pause, undefined, { signal }).catch((error: unknown) => {
      throw signal.aborted ? signal.reason : error;
    });
    const { state_type, state_name } = await client.flowRuns.read(flowRun.id);
    suspension.throwIfRequested();
    if (state_type === "RUNNING") return;
    // Cancelling comes to the signal in a moment.
    if (state_type !== "PAUSED" && state_type !== "CANCELLING" && state_type !== "CANCELLED")
      throw new FlowPauseTimeoutError(`The paused flow run was not resumed, but is ${state_name} now.`);
    if (Date.now() >= deadline)
      throw new FlowPauseTimeoutError(
        `The flow run was paused and not resumed within ${timeoutSeconds} seconds.`,
      );
  }
}
