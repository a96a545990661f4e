import { mkdir, rm } from "node:fs/promises";
import type { Deployment, FlowRun, WorkPool } from "../prefect/api-types.ts";
import { isNotFound } from "../prefect/errors.ts";
import type { Assignment } from "../runner/messages.ts";
import { configureJob } from "./configure/job-configuration.ts";
import { runEnvironment } from "./configure/run-environment.ts";
import { WorkerError } from "./errors.ts";
import type { ExecutorContext } from "./executor-context.ts";
import { isSameDeployment } from "./known-deployments.ts";
import { CommandProcess } from "./process/command-process.ts";
import type { RunProcess } from "./process/run-process.ts";
import { keepRunFolder, ownRunFolder } from "./run-folders.ts";

/** A run made ready: its process waits for `go()`. */
export interface RunJob {
  process: RunProcess;
  assignment: Assignment;
  deployment: Deployment | undefined;
}

/**
 * Reads what a run needs, configures its job, and gets its process ready; nothing of the flow runs yet. It begins at
 * once with the deployment as it was for an earlier run, and over again if that has changed since.
 * @param claimed a process that is not warm is started only then: many workers may see many runs that others get
 * @throws WorkerError, PrefectError, and what `claimed` throws
 */
export async function prepareRunJob(
  flowRun: FlowRun,
  runDirectory: string,
  context: ExecutorContext,
  claimed: Promise<void>,
): Promise<RunJob> {
  const { deployment_id: id } = flowRun;
  const make = (deployment: Deployment | undefined, mayStart: Promise<unknown> = claimed) =>
    makeJob({ flowRun, deployment, runDirectory, mayStart }, context);
  if (!id) return make(undefined);
  const last = context.deployments.last(id);
  if (last === undefined) return make(await readDeployment(id, context));
  const same = Promise.withResolvers<void>();
  const mayStart = Promise.all([claimed, same.promise]);
  // Nobody waits for it where a warm process is there: its rejection would end the worker.
  mayStart.catch(() => undefined);
  const early = make(last, mayStart);
  // Looked at only when the deployment is known to be the same.
  early.catch(() => undefined);
  try {
    const deployment = await readDeployment(id, context);
    if (isSameDeployment(last, deployment)) {
      same.resolve();
      return { ...(await early), deployment };
    }
    same.reject(new Error("the deployment has changed"));
    await discard(early, runDirectory);
    return await make(deployment);
  } catch (error) {
    same.reject(error);
    await discard(early, runDirectory);
    throw error;
  }
}

async function readDeployment(id: string, { deployments }: ExecutorContext): Promise<Deployment> {
  try {
    return await deployments.read(id);
  } catch (error) {
    if (!isNotFound(error)) throw error;
    throw new WorkerError("DEPLOYMENT_GONE", `Deployment ${id} no longer exists, cancelled run.`, error);
  }
}

async function discard(early: Promise<RunJob>, runDirectory: string): Promise<void> {
  const job = await early.catch(() => undefined);
  if (job === undefined) return;
  await job.process.stop(0);
  await rm(runDirectory, { recursive: true, force: true, maxRetries: 3 });
}

interface JobOrder {
  flowRun: FlowRun;
  deployment: Deployment | undefined;
  runDirectory: string;
  mayStart: Promise<unknown>;
}

async function makeJob(
  { flowRun, deployment, runDirectory, mayStart }: JobOrder,
  context: ExecutorContext,
): Promise<RunJob> {
  const { client, pool, settings, runners, output, storage, logger } = context;
  const [flowName, configuration] = await Promise.all([
    context.flowNames.of(flowRun.flow_id),
    configureJob({ pool, deployment, flowRun }, client, process.env),
  ]);
  const identity = { flowRun, flowName, deployment, workerName: context.workerName };
  const env = runEnvironment({ ...identity, settings: settings.raw }, configuration.env);
  const assignment: Assignment = {
    flowRun: withPlace(flowRun, pool, deployment),
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
      const runner = await runners.take(env, mayStart);
      await ownRunFolder(runDirectory, runner.pid);
      runner.prepare(assignment);
      return runner;
    }
    const cwd = configuration.workingDirectory ?? runDirectory;
    await mkdir(cwd, { recursive: true });
    const command = new CommandProcess(configuration.command, { cwd, env: { ...process.env, ...env } });
    if (cwd === runDirectory) await keepRunFolder(runDirectory, command, logger);
    return command;
  };
  const started = await start();
  if (configuration.streamOutput) started.streamTo(output);
  return { process: started, assignment, deployment };
}

/**
 * With the names of its pool and queue, for the events of the run: the list of due runs has ids alone, and those of the pool
 * not even.
 */
function withPlace(flowRun: FlowRun, pool: WorkPool, deployment: Deployment | undefined): FlowRun {
  const { work_queue_id: queueId, work_queue_name: queueName } = flowRun;
  const usual = queueId && queueId === deployment?.work_queue_id ? deployment.work_queue_name : undefined;
  return {
    ...flowRun,
    work_pool_id: pool.id,
    work_pool_name: pool.name,
    work_queue_name: usual ?? queueName ?? null,
  };
}
