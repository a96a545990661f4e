import type { Deployment, FlowRun } from "../../prefect/api-types.ts";

export interface RunIdentity {
  flowRun: FlowRun;
  flowName: string;
  deployment: Deployment | undefined;
  workerName: string;
  /** Prefect settings of the worker, by environment name: a run talks to the same server. */
  settings: Record<string, string>;
}

/**
 * The environment that every run gets (`prepare_for_flow_run`): the worker's Prefect settings, who the run is,
 * and over both what the job configuration says.
 */
export function runEnvironment(run: RunIdentity, configured: Record<string, string>): Record<string, string> {
  const { flowRun, deployment } = run;
  return {
    ...run.settings,
    PREFECT__FLOW_RUN_ID: flowRun.id,
    PREFECT__WORKER_NAME: run.workerName,
    PREFECT__FLOW_ID: flowRun.flow_id,
    PREFECT__FLOW_NAME: run.flowName,
    ...(deployment && { PREFECT__DEPLOYMENT_ID: deployment.id, PREFECT__DEPLOYMENT_NAME: deployment.name }),
    ...configured,
  };
}
