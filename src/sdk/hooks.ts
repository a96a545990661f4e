import type { State } from "./states.ts";

/** The flow run that a hook is told of. */
export interface HookFlowRun {
  id: string | undefined;
  name: string;
  flowName: string;
  parameters: unknown;
}

/** The state that the run went to. */
export interface HookState {
  type: string;
  name: string;
  message: string;
}

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

/** Calls the hooks of a flow run's state one after another; `onError` is told what they throw. */
export async function callHooks(
  hooks: Hooks,
  flowRun: HookFlowRun,
  state: HookState,
  onError: OnError,
): Promise<void> {
  const kind = flowHooks[state.type];
  await callEach(kind && hooks[kind], kind, (hook) => hook(flowRun, state), onError);
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
