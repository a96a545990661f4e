import type { FlowRun } from "../../prefect/api-types.ts";
import { StateProposer } from "../../prefect/state-proposer.ts";
import { type ProposedState, state } from "../../prefect/states.ts";
import type { Scope } from "../context.ts";
import { policyDelays } from "../delays.ts";
import { FlowRunSuspended, UpstreamTaskError } from "../errors.ts";
import type { Flow } from "../flow.ts";
import { checkedOrGiven } from "../parameters.ts";
import type { RunServer } from "../recorder/run-server.ts";
import { readKept } from "../results/result-store.ts";
import { State } from "../states.ts";
import { withCurrentTags } from "../tags.ts";
import { FlowRunEngine } from "./flow-run-engine.ts";
import { findInputs, type RunInput, rememberResult, resolveInputs } from "./run-inputs.ts";
import { shownParameters } from "./shown-parameters.ts";

/**
 * Runs a flow inside another one, as a flow run of its own. In the parent a task run stands for it, which the server lets
 * follow its states (`create_flow_run` in `src/prefect/flow_engine.py`). When the parent is tried again, a subflow run
 * that completed and kept its result is not run again. Once the parent has failed, nothing begins any more.
 * @throws Error when the server would not let it run
 */
export async function runSubflow(
  flow: Flow,
  given: unknown,
  scope: Scope,
  server: RunServer,
): Promise<State> {
  const { open } = scope.flowRun;
  if (open.closed !== undefined) return notBegun(open.closed);
  const subflow = new SubflowRun(flow, scope, server);
  // At once, before the server is asked for anything: its parent does not end before it.
  const ended = subflow.run(given);
  const own = { settled: ended.catch(() => undefined), crash: (message: string) => subflow.crash(message) };
  open.add(own);
  return await ended.finally(() => open.remove(own));
}

/** What a subflow run begins with, and why it does not go on from there. */
interface Begin {
  parameters: object;
  state: ProposedState;
  failure?: Error;
}

function notBegun(message: string): State {
  return new State("CANCELLED", "Cancelled", { message, data: new Error(message) });
}

/** A subflow run from its call to its end. */
class SubflowRun {
  readonly #flow: Flow;
  readonly #scope: Scope;
  readonly #server: RunServer;
  #crashed: string | undefined;
  readonly #crash = Promise.withResolvers<Begin>();
  readonly #engine = Promise.withResolvers<FlowRunEngine | undefined>();

  constructor(flow: Flow, scope: Scope, server: RunServer) {
    this.#flow = flow;
    this.#scope = scope;
    this.#server = server;
  }

  async run(given: unknown): Promise<State> {
    try {
      return await this.#run(given);
    } finally {
      // There was none: what it was to get failed, or the server refused it.
      this.#engine.resolve(undefined);
    }
  }

  /** Tells the server that it ended with its process; one that is still being made, when it is there. */
  async crash(message: string): Promise<void> {
    this.#crashed = message;
    // What it waits for may never come.
    this.#crash.resolve({
      parameters: {},
      failure: new Error(message),
      state: state("CRASHED", "Crashed", { message }),
    });
    await (await this.#engine.promise)?.crash(message);
  }

  async #run(given: unknown): Promise<State> {
    const { flowRun: parent } = this.#scope;
    const inputs = inputsOf(given, this.#scope);
    const taskRunId = await createTaskRun(this.#flow, inputs, this.#scope, this.#server);
    // Hooks are called anew for each try.
    const isRepeated = parent.runCount > 1 && parent.place === "";
    const earlier = isRepeated ? await earlierResult(this.#flow, this.#server, taskRunId) : undefined;
    if (earlier !== undefined) return earlier;
    const begin = await Promise.race([this.#begin(given), this.#crash.promise]);
    const run = await createFlowRun(this.#flow, begin, taskRunId, this.#server);
    if (begin.failure !== undefined) throw begin.failure;
    return await this.#execute(run, begin.parameters);
  }

  async #begin(given: unknown): Promise<Begin> {
    try {
      return { parameters: await resolved(given, this.#scope), state: state("PENDING", "Pending") };
    } catch (error) {
      if (!(error instanceof UpstreamTaskError)) throw error;
      const { message } = error;
      return { parameters: {}, failure: error, state: state("PENDING", "NotReady", { message }) };
    }
  }

  async #execute(run: FlowRun, parameters: unknown): Promise<State> {
    const { flowRun: parent, taskRun } = this.#scope;
    const { client, heartbeatSeconds } = this.#server;
    const proposer = new StateProposer(client.flowRuns, run);
    const engine = new FlowRunEngine({
      flow: this.#flow,
      flowRun: run,
      parameters,
      client,
      proposer,
      recorder: this.#server.recorderOf(run, this.#flow.options.name),
      // What was logged before is with the server when the parent ends.
      flush: () => Promise.resolve(),
      settle: () => undefined,
      release: () => undefined,
      signal: taskRun?.signal ?? parent.signal,
      suspension: parent.suspension,
      cancelGrace: parent.cancelGrace,
      heartbeatSeconds,
    });
    this.#engine.resolve(engine);
    if (this.#crashed !== undefined) throw new Error(this.#crashed);
    const outcome = await engine.execute();
    const { state: final } = engine;
    if (parent.suspension.requested) {
      // It is not gone on with: the parent calls it anew when it is resumed, and that is another run.
      if (outcome.kind === "left") await proposer.cancelled("The parent flow run was suspended.");
      throw new FlowRunSuspended();
    }
    if (final === undefined || outcome.kind === "left") {
      const why = outcome.kind === "left" ? outcome.reason : outcome.message;
      throw new Error(
        `Subflow run '${run.name}' of flow "${this.#flow.options.name}" did not run to its end: ${why}`,
      );
    }
    rememberResult(final.data, { input_type: "flow_run", id: run.id }, parent.results);
    return final;
  }
}

async function createFlowRun(
  { options }: Flow,
  { parameters, state }: Begin,
  parent_task_run_id: string,
  { client }: RunServer,
): Promise<FlowRun> {
  const { retries = 0, retryDelaySeconds: delay = 0 } = options;
  const first = [policyDelays(delay, retries)].flat()[0] ?? 0;
  const { id: flow_id } = await client.deployments.createFlow(options.name);
  return client.flowRuns.create({
    flow_id,
    // What it was given as it was given, and the defaults of the rest.
    parameters: shownParameters({ ...(checkedOrGiven(options, parameters) as object), ...parameters }),
    parent_task_run_id,
    tags: withCurrentTags([]),
    state,
    empirical_policy: { retries, retry_delay: Math.floor(first) },
  });
}

function inputsOf(given: unknown, { flowRun, taskRun }: Scope): Record<string, RunInput[]> {
  const inputs: Record<string, RunInput[]> = {};
  for (const [name, value] of Object.entries((given ?? {}) as object)) {
    const found = findInputs(value, flowRun.results).inputs;
    if (found.length > 0) inputs[name] = found;
  }
  if (taskRun !== undefined) inputs.__parents__ = [{ input_type: "task_run", id: taskRun.id }];
  return inputs;
}

/** Futures and states replaced by their results; a parameter without any is the very value that was given. */
async function resolved(given: unknown, { flowRun }: Scope): Promise<object> {
  const parameters: Record<string, unknown> = {};
  for (const [name, value] of Object.entries((given ?? {}) as object)) {
    const { deferred } = findInputs(value, flowRun.results);
    parameters[name] = deferred ? await resolveInputs(value) : value;
  }
  return parameters;
}

async function createTaskRun(
  flow: Flow,
  task_inputs: Record<string, RunInput[]>,
  { flowRun: parent, taskRun }: Scope,
  { client, flowRun }: RunServer,
): Promise<string> {
  const { name } = flow.options;
  const key = `subflow ${name}`;
  const call = parent.taskCalls.get(key) ?? 0;
  parent.taskCalls.set(key, call + 1);
  const created = await client.taskRuns.create({
    flow_run_id: flowRun.id,
    name: `${name}-${call}`,
    task_key: key,
    // The same in a further try of the parent, unless it is called from a task, where the order is by chance.
    dynamic_key: taskRun === undefined ? `${parent.place}${call}` : `${taskRun.id} ${call}`,
    state: state("PENDING", "Pending"),
    tags: withCurrentTags([]),
    task_inputs,
  });
  return created.id;
}

/** What a subflow run of an earlier try gave, if it completed and kept its result. */
async function earlierResult(
  { options }: Flow,
  { client }: RunServer,
  taskRunId: string,
): Promise<State | undefined> {
  const filter = { parent_task_run_id: { any_: [taskRunId] } };
  const [run] = await client.flowRuns.filter({
    flow_runs: filter,
    sort: "EXPECTED_START_TIME_DESC",
    limit: 1,
  });
  if (run?.state_type !== "COMPLETED") return undefined;
  const kept = await readKept(options.resultStorage, run.state?.data);
  if (kept === undefined) return undefined;
  const state = new State("COMPLETED", run.state_name ?? "Completed", { data: kept.value });
  state.flowRunId = run.id;
  return state;
}
