import type { FlowRun } from "../../prefect/api-types.ts";
import { StateProposer } from "../../prefect/state-proposer.ts";
import { state as proposed } from "../../prefect/states.ts";
import type { Scope } from "../context.ts";
import { policyDelays } from "../delays.ts";
import { FlowRunSuspended, UpstreamTaskError } from "../errors.ts";
import type { Flow } from "../flow.ts";
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
 * that completed and kept its result is not run again.
 * @throws Error when the server would not let it run
 */
export async function runSubflow(
  flow: Flow,
  given: unknown,
  scope: Scope,
  server: RunServer,
): Promise<State> {
  const { flowRun: parent } = scope;
  const { client } = server;
  const inputs = inputsOf(given, scope);
  const taskRunId = await createTaskRun(flow, inputs, scope, server);
  const earlier = parent.runCount > 1 ? await earlierResult(flow, server, taskRunId) : undefined;
  if (earlier !== undefined) return earlier;
  let parameters: object = {};
  let upstream: UpstreamTaskError | undefined;
  try {
    parameters = await resolved(given, scope);
  } catch (error) {
    if (!(error instanceof UpstreamTaskError)) throw error;
    upstream = error;
  }
  const { id: flow_id } = await client.deployments.createFlow(flow.options.name);
  const { retries = 0, retryDelaySeconds: delay = 0 } = flow.options;
  const first = [policyDelays(delay, retries)].flat()[0] ?? 0;
  const run = await client.flowRuns.create({
    flow_id,
    parameters: shownParameters(parameters),
    parent_task_run_id: taskRunId,
    tags: withCurrentTags([]),
    state: proposed(
      "PENDING",
      upstream ? "NotReady" : "Pending",
      upstream ? { message: upstream.message } : {},
    ),
    empirical_policy: { retries, retry_delay: Math.floor(first) },
  });
  if (upstream !== undefined) throw upstream;
  return await execute(flow, run, parameters, scope, server);
}

async function execute(
  flow: Flow,
  run: FlowRun,
  parameters: unknown,
  scope: Scope,
  server: RunServer,
): Promise<State> {
  const { flowRun: parent, taskRun } = scope;
  const recorder = server.recorderOf(run);
  const proposer = new StateProposer(server.client.flowRuns, run);
  const engine = new FlowRunEngine({
    flow,
    flowRun: run,
    parameters,
    client: server.client,
    proposer,
    recorder,
    // What was logged before is with the server when the parent ends.
    flush: () => Promise.resolve(),
    settle: () => undefined,
    release: () => undefined,
    signal: taskRun?.signal ?? parent.signal,
    suspension: parent.suspension,
    cancelGrace: parent.cancelGrace,
    heartbeatSeconds: server.heartbeatSeconds,
  });
  const open = {
    settled: Promise.resolve<unknown>(undefined),
    crash: (message: string) => engine.crash(message),
  };
  const running = engine.execute();
  open.settled = running.catch(() => undefined);
  parent.open.add(open);
  try {
    const outcome = await running;
    const { state } = engine;
    if (parent.suspension.requested) {
      // It is not gone on with: the parent calls it anew when it is resumed, and that is another run.
      if (outcome.kind === "left") await proposer.cancelled("The parent flow run was suspended.");
      throw new FlowRunSuspended();
    }
    if (state === undefined || outcome.kind === "left") {
      const why = outcome.kind === "left" ? outcome.reason : outcome.message;
      throw new Error(
        `Subflow run '${run.name}' of flow "${flow.options.name}" did not run to its end: ${why}`,
      );
    }
    rememberResult(state.data, { input_type: "flow_run", id: run.id }, parent.results);
    return state;
  } finally {
    parent.open.remove(open);
  }
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
    dynamic_key: taskRun === undefined ? String(call) : `${taskRun.id} ${call}`,
    state: proposed("PENDING", "Pending"),
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
