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

const byStateType: Record<string, keyof Hooks> = {
  RUNNING: "onRunning",
  COMPLETED: "onCompletion",
  FAILED: "onFailure",
  CANCELLED: "onCancellation",
  CRASHED: "onCrashed",
};

/** Calls the hooks of a state one after another; `onError` is told what they throw. */
export async function callHooks(
  hooks: Hooks,
  flowRun: HookFlowRun,
  state: HookState,
  onError: (hook: string, error: unknown) => void,
): Promise<void> {
  const kind = byStateType[state.type];
  for (const hook of (kind && hooks[kind]) ?? []) {
    try {
      await hook(flowRun, state);
    } catch (error) {
      onError(hook.name || (kind ?? ""), error);
    }
  }
}

/** The types of the states that these hooks listen to. */
export function hookStateTypes(hooks: Hooks): string[] {
  return Object.entries(byStateType).flatMap(([type, kind]) => (hooks[kind]?.length ? [type] : []));
}
