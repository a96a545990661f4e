/** Names for the shapes of the server's own OpenAPI document (`generated/api.ts`, made by `npm run generate:api`). */
import type { components } from "./generated/api.ts";

type Schemas = components["schemas"];

export type FlowRun = Schemas["FlowRunResponse"];
export type Flow = Schemas["Flow"];
export type Deployment = Schemas["DeploymentResponse"];
export type WorkPool = Schemas["WorkPoolResponse"];
export type WorkQueue = Schemas["WorkQueueResponse"];
/** A due run with its pool and queue; its run has the shape that `/flow_runs` gives. */
export type ScheduledFlowRun = Omit<Schemas["WorkerFlowRunResponse"], "flow_run"> & { flow_run: FlowRun };
export type State = Schemas["State"];
export type StateType = Schemas["StateType"];
export type OrchestrationResult = Schemas["OrchestrationResult"];
export type Log = Schemas["Log"];
export type LogCreate = Schemas["LogCreate"];
export type DeploymentCreate = Schemas["DeploymentCreate"];
export type BlockDocument = Schemas["BlockDocument"];

/** Any JSON value, as the server stores parameters and job variables. */
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };
export type JsonObject = { [key: string]: Json };
