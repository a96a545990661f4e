import { mkdir } from "node:fs/promises";
import type { Deployment, FlowRun } from "../prefect/api-types.ts";
import type { Assignment } from "../runner/messages.ts";
import { configureJob } from "./configure/job-configuration.ts";
import { runEnvironment } from "./configure/run-environment.ts";
import type { ExecutorContext } from "./executor-context.ts";
import { CommandProcess } from "./process/command-process.ts";
import type { RunProcess } from "./process/run-process.ts";
import { ownRunFolder } from "./run-folders.ts";

/** A run made ready: its process waits for `go()`. */
export interface RunJob {
  process: RunProcess;
  assignment: Assignment;
  deployment: Deployment | undefined;
}

/**
 * Reads what a run needs, configures its job, and gets its process ready; nothing of the flow runs yet.
 * @throws WorkerError, PrefectError
 */
export async function prepareRunJob(
  flowRun: FlowRun,
  runDirectory: string,
  context: ExecutorContext,
): Promise<RunJob> {
  const { client, pool, settings, runners, output, storage } = context;
  const { deployment_id, flow_id } = flowRun;
  const [deployment, flowName] = await Promise.all([
    deployment_id ? client.deployments.read(deployment_id) : undefined,
    context.flowNames.of(flow_id),
  ]);
  const configuration = await configureJob({ pool, deployment, flowRun }, client, process.env);
  const identity = { flowRun, flowName, deployment, workerName: context.workerName };
  const env = runEnvironment({ ...identity, settings: settings.raw }, configuration.env);
  const assignment: Assignment = {
    flowRun,
    flowName,
    deployment,
    env,
    runDirectory,
    storage,
    workingDirectory: configuration.workingDirectory,
    logFormat: settings.logFormat,
    cancelGrace: settings.worker.cancelGraceSeconds * 1000,
    heartbeatSeconds: settings.heartbeatSeconds,
  };
  const start = async (): Promise<RunProcess> => {
    if (configuration.command === undefined) {
      const runner = await runners.take(env);
      await ownRunFolder(runDirectory, runner.pid);
      runner.prepare(assignment);
      return runner;
    }
    const cwd = configuration.workingDirectory ?? runDirectory;
    await mkdir(cwd, { recursive: true });
    return new CommandProcess(configuration.command, { cwd, env: { ...process.env, ...env } });
  };
  const started = await start();
  if (configuration.streamOutput) started.streamTo(output);
  return { process: started, assignment, deployment };
}
