import type { StateType } from "../prefect/api-types.ts";
import { currentScope } from "./context.ts";
import { moment } from "./run-context.ts";
import { State } from "./states.ts";

/** What is known of a flow run in any case. */
interface NamedFlowRun {
  /** Undefined when the flow was called as a plain function, without a server; so are what only a server knows. */
  id: string | undefined;
  name: string;
  flowName: string;
  parameters: unknown;
}

/** The flow run that a hook is told of. */
export interface HookFlowRun extends NamedFlowRun {
  /** Tries, this one included. */
  runCount: number;
  tags: string[];
  deploymentId: string | undefined;
  expectedStartTime: Date | undefined;
  /** Of its first try. */
  startTime: Date | undefined;
}

/** The state that the run went to. Of a run that failed in this process `data` is the error; else it has the message alone. */
export type HookState = State;

export type Hook = (flowRun: HookFlowRun, state: HookState) => void | Promise<void>;

/** Functions that are called when a flow run has gone to a state. What a hook throws is logged and changes nothing. */
export interface Hooks {
  onRunning?: Hook[];
  onCompletion?: Hook[];
  onFailure?: Hook[];
  onCancellation?: Hook[];
  /** Also called when the run's process was killed: in a new process, which loads the flow again. */
  onCrashed?: Hook[];
}

/** The task run that a hook, or `retryConditionFn`, is told of. */
export interface HookTaskRun {
  id: string;
  name: string;
  taskName: string;
  /** Tries, this one included. */
  runCount: number;
  tags: string[];
}

export type TaskHook = (taskRun: HookTaskRun, state: State) => void | Promise<void>;

/** Functions that are called when a task run has gone to a state. What a hook throws is logged and changes nothing. */
export interface TaskHooks {
  /** Before each try. */
  onRunning?: TaskHook[];
  onCompletion?: TaskHook[];
  /** When no try is left. */
  onFailure?: TaskHook[];
}

const flowHooks: Record<string, keyof Hooks> = {
  RUNNING: "onRunning",
  COMPLETED: "onCompletion",
  FAILED: "onFailure",
  CANCELLED: "onCancellation",
  CRASHED: "onCrashed",
};

type OnError = (hook: string, error: unknown) => void;

/** Calls the hooks of a flow run's state one after another, in the run's scope; `onError` is told what they throw. */
export async function callHooks(
  hooks: Hooks,
  flowRun: NamedFlowRun,
  state: State,
  onError: OnError,
): Promise<void> {
  const kind = flowHooks[state.type];
  const told = withDetails(flowRun);
  await callEach(kind && hooks[kind], kind, (hook) => hook(told, state), onError);
}

function withDetails(flowRun: NamedFlowRun): HookFlowRun {
  const scope = currentScope()?.flowRun;
  const onServer = scope?.recorder.server?.flowRun;
  return {
    ...flowRun,
    runCount: scope?.runCount ?? 0,
    tags: onServer?.tags ?? [],
    deploymentId: onServer?.deployment_id ?? undefined,
    expectedStartTime: moment(onServer?.expected_start_time),
    startTime: moment(onServer?.start_time),
  };
}

/** The state that hooks are told of: what the run ended in here, with its result or error, if that is what the server has. */
export function hookState(
  own: State | undefined,
  { type, name, message }: { type: string; name: string; message: string },
): State {
  return own?.type === type && own.name === name ? own : new State(type as StateType, name, { message });
}

/** Calls the hooks of a task run's state one after another; `onError` is told what they throw. */
export async function callTaskHooks(
  hooks: TaskHooks,
  taskRun: HookTaskRun,
  state: State,
  onError: OnError,
): Promise<void> {
  const kind = flowHooks[state.type] as keyof TaskHooks | undefined;
  await callEach(kind && hooks[kind], kind, (hook) => hook(taskRun, state), onError);
}

async function callEach<One extends { name: string }>(
  hooks: One[] | undefined,
  kind: string | undefined,
  call: (hook: One) => void | Promise<void>,
  onError: OnError,
): Promise<void> {
  for (const hook of hooks ?? []) {
    try {
      await call(hook);
    } catch (error) {
      onError(hook.name || (kind ?? ""), error);
    }
  }
}

/** The types of the states that these hooks listen to. */
export function hookStateTypes(hooks: Hooks): string[] {
  return Object.entries(flowHooks).flatMap(([type, kind]) => (hooks[kind]?.length ? [type] : []));
}
