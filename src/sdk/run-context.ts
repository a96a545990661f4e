import { uiUrl } from "../prefect/ui-url.ts";
import { currentScope, type FlowRunScope } from "./context.ts";

/** What `getRunContext()` gives: what Prefect's Python has in `prefect.runtime`. */
export interface RunContext {
  flowName: string;
  /** Undefined when the flow was called as a plain function, without a server; so are what only a server knows. */
  flowRunId: string | undefined;
  flowRunName: string;
  /** Tries of the flow run, this one included. */
  flowRunCount: number;
  flowRunTags: string[];
  parameters: unknown;
  scheduledStartTime: Date | undefined;
  deploymentId: string | undefined;
  /** Of the flow that has called this one. A run of `runDeployment` has `parentTaskRunId` alone. */
  parentFlowRunId: string | undefined;
  /** The task run that stands for this run in the one that has asked for it. */
  parentTaskRunId: string | undefined;
  /** The outermost flow run of this process. */
  rootFlowRunId: string | undefined;
  /** The run's own, without those of its deployment and pool. */
  jobVariables: Record<string, unknown>;
  apiUrl: string | undefined;
  /** The run's page in the UI. */
  uiUrl: string | undefined;
  taskName: string | undefined;
  taskRunId: string | undefined;
  taskRunName: string | undefined;
  /** Tries of the task run, this one included. */
  taskRunCount: number | undefined;
  taskRunTags: string[] | undefined;
  /** Fires when the run is cancelled or timed out. */
  signal: AbortSignal;
}

/** The flow run, and the task run if any, that the caller runs in; undefined outside of a run. */
export function getRunContext(): RunContext | undefined {
  const scope = currentScope();
  if (scope === undefined) return undefined;
  const { flowRun, taskRun } = scope;
  const { server } = flowRun.recorder;
  return {
    flowName: flowRun.flowName,
    flowRunId: flowRun.flowRunId,
    flowRunName: flowRun.flowRunName,
    flowRunCount: flowRun.runCount,
    flowRunTags: server?.flowRun.tags ?? [],
    parameters: flowRun.parameters,
    scheduledStartTime: moment(server?.flowRun.expected_start_time),
    deploymentId: server?.flowRun.deployment_id ?? undefined,
    parentFlowRunId: flowRun.parent?.flowRunId,
    parentTaskRunId: server?.flowRun.parent_task_run_id ?? undefined,
    rootFlowRunId: rootOf(flowRun).flowRunId,
    jobVariables: server?.flowRun.job_variables ?? {},
    apiUrl: server?.client.apiUrl,
    // A worker hands its settings on to the run's environment.
    uiUrl:
      server &&
      `${uiUrl(process.env.PREFECT_UI_URL, server.client.apiUrl)}/runs/flow-run/${server.flowRun.id}`,
    taskName: taskRun?.taskName,
    taskRunId: taskRun?.id,
    taskRunName: taskRun?.name,
    taskRunCount: taskRun?.runCount,
    taskRunTags: taskRun?.tags,
    signal: taskRun?.signal ?? flowRun.signal,
  };
}

/** A moment as the server tells it. */
export function moment(text: string | null | undefined): Date | undefined {
  return text ? new Date(text) : undefined;
}

function rootOf(flowRun: FlowRunScope): FlowRunScope {
  return flowRun.parent === undefined ? flowRun : rootOf(flowRun.parent);
}
