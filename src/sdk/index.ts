/** What the author of a flow imports from `prefect-ts`. */
export { z } from "zod";
export {
  createLinkArtifact,
  createMarkdownArtifact,
  createTableArtifact,
  type LinkArtifact,
  type MarkdownArtifact,
  type TableArtifact,
} from "./artifacts.ts";
export { getRunContext, type RunContext } from "./context.ts";
export { type Flow, type FlowContext, type FlowOptions, flow } from "./flow.ts";
export type { Hook, HookFlowRun, HookState } from "./hooks.ts";
export { type Logger, logger } from "./logger.ts";
export { sleep } from "./sleep.ts";
export { type Task, type TaskOptions, task } from "./task.ts";
