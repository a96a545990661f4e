/** What the author of a flow imports from `prefect-ts`. */
export { z } from "zod";
export { createImageArtifact, type ImageArtifact } from "./artifacts/image.ts";
export { createLinkArtifact, type LinkArtifact } from "./artifacts/link.ts";
export { createMarkdownArtifact, type MarkdownArtifact } from "./artifacts/markdown.ts";
export {
  createProgressArtifact,
  type ProgressArtifact,
  updateProgressArtifact,
} from "./artifacts/progress.ts";
export { createTableArtifact, type TableArtifact } from "./artifacts/table.ts";
export { JsonBlock, loadBlock, Secret, type SecretValue } from "./blocks.ts";
export { type ConcurrencyOptions, type ConcurrencySlots, concurrency } from "./concurrency/concurrency.ts";
export { AcquireConcurrencySlotTimeoutError, ConcurrencySlotAcquisitionError } from "./concurrency/errors.ts";
export { rateLimit } from "./concurrency/rate-limit.ts";
export { getRunContext, type RunContext } from "./context.ts";
export { type EventOptions, type EventResource, emitEvent } from "./events/emit-event.ts";
export { type Flow, type FlowContext, type FlowOptions, flow } from "./flow.ts";
export type { Hook, HookFlowRun, HookState } from "./hooks.ts";
export { type Logger, logger } from "./logger.ts";
export { type DeploymentRun, type RunDeploymentOptions, runDeployment } from "./run-deployment.ts";
export { sleep } from "./sleep.ts";
export { type Task, type TaskOptions, task } from "./task.ts";
export { type SetVariableOptions, Variable } from "./variables.ts";
