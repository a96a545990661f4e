/** What the author of a flow imports from `prefect-ts`. */
export { z } from "zod";
export { PrefectError, type PrefectErrorCode } from "../prefect/errors.ts";
export { allowFailure, quote, unmapped } from "./annotations.ts";
export { createImageArtifact, type ImageArtifact } from "./artifacts/image.ts";
export { createLinkArtifact, type LinkArtifact } from "./artifacts/link.ts";
export { createMarkdownArtifact, type MarkdownArtifact } from "./artifacts/markdown.ts";
export {
  createProgressArtifact,
  type ProgressArtifact,
  updateProgressArtifact,
} from "./artifacts/progress.ts";
export { createTableArtifact, type TableArtifact } from "./artifacts/table.ts";
export { JsonBlock, loadBlock, Secret } from "./blocks.ts";
export { CancelledError } from "./cancellation.ts";
export { type ConcurrencyOptions, type ConcurrencySlots, concurrency } from "./concurrency/concurrency.ts";
export { AcquireConcurrencySlotTimeoutError, ConcurrencySlotAcquisitionError } from "./concurrency/errors.ts";
export { rateLimit } from "./concurrency/rate-limit.ts";
export { exponentialBackoff, type RetryDelay } from "./delays.ts";
export type { MapOptions } from "./engine/map-calls.ts";
export type { TaskOptions } from "./engine/task-definition.ts";
export {
  CancelledRunError,
  CrashedRunError,
  FailedRunError,
  FlowPauseTimeoutError,
  FlowRunSuspended,
  MissingResultError,
  TimeoutError,
  UnfinishedRunError,
  UpstreamTaskError,
} from "./errors.ts";
export { type EventOptions, type EventResource, emitEvent } from "./events/emit-event.ts";
export { type Flow, type FlowContext, type FlowOptions, flow } from "./flow.ts";
export { PrefectFuture, PrefectFutureList } from "./futures.ts";
export type { Hook, HookFlowRun, HookState, HookTaskRun, TaskHook } from "./hooks.ts";
export { type Logger, logger } from "./logger.ts";
export { ParameterError } from "./parameters.ts";
export {
  type PauseOptions,
  pauseFlowRun,
  type SuspendOptions,
  type SuspendOtherOptions,
  suspendFlowRun,
} from "./pause.ts";
export {
  type CacheKeyContext,
  CachePolicy,
  DEFAULT,
  FLOW_PARAMETERS,
  INPUTS,
  NO_CACHE,
  RUN_ID,
  TASK_SOURCE,
} from "./results/cache-policies.ts";
export { localFolder } from "./results/local-folder.ts";
export { type S3FolderOptions, s3Folder } from "./results/s3-folder.ts";
export type { ResultOptions, ResultStorage } from "./results/storage.ts";
export { resumeFlowRun } from "./resume.ts";
export { getRunContext, type RunContext } from "./run-context.ts";
export {
  type DeploymentRun,
  type DeploymentRunState,
  type RunDeploymentOptions,
  runDeployment,
} from "./run-deployment.ts";
export type { SecretValue } from "./secret-value.ts";
export { sleep } from "./sleep.ts";
export { Cancelled, Completed, Crashed, Failed, State, type StateOptions } from "./states.ts";
export { tags } from "./tags.ts";
export { type Task, task } from "./task.ts";
export { RunTimeoutError } from "./timeout.ts";
export { type SetVariableOptions, Variable } from "./variables.ts";
export {
  asCompleted,
  type CompletedFuture,
  type DoneAndNotDoneFutures,
  type WaitOptions,
  wait,
} from "./wait.ts";
