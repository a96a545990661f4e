/** What worker and runner say to each other over the child's IPC channel: all that they share. */
import type { Deployment, FlowRun } from "../prefect/api-types.ts";

/** One flow run, with everything that its process needs to know. */
export interface Assignment {
  /** With the names of its work pool and queue. */
  flowRun: FlowRun;
  flowName: string;
  deployment: Deployment | undefined;
  /** Laid over the process's own environment before any code of the flow is loaded. */
  env: Record<string, string>;
  /** Folder of this run alone; made by the runner, removed by the worker. */
  runDirectory: string;
  /** Folder for what is kept between runs: mirrors and dependencies. */
  storage: string;
  /** Where the run works when the deployment has no pull steps. */
  workingDirectory: string | undefined;
  logFormat: "pretty" | "json";
  /** Milliseconds from a cancellation until the worker ends the process by force. */
  cancelGrace: number;
  /** Seconds between heartbeat events of the run. */
  heartbeatSeconds: number;
}

/** The state that hooks are to be called for, in a process of their own. */
export interface HookState {
  type: string;
  name: string;
  message: string;
}

export type ToRunner =
  /** Get the code ready; do not run it yet: the claim may still be refused. */
  | { type: "prepare"; assignment: Assignment }
  /** The claim was accepted: run. */
  | { type: "go" }
  | { type: "cancel"; reason: string }
  /** The run was suspended from outside: it begins nothing any more. */
  | { type: "suspend" }
  /** The run's own process is gone: load its flow and call the hooks of this state. */
  | { type: "hooks"; assignment: Assignment; state: HookState };

/** What became of the run, as far as its own process knows. */
export type Receipt =
  /** The server has this final state. */
  | { kind: "ended"; stateType: string; stateName: string; message: string }
  /** The server said to leave the run alone, or has another state for it. */
  | { kind: "left"; reason: string };

export type FromRunner =
  | { type: "ready" }
  /** The flow is loaded; `hooks` names the state types that it has hooks for. Seconds of its pull steps and dependencies. */
  | { type: "loaded"; hooks: string[]; checkoutSeconds: number }
  | { type: "receipt"; receipt: Receipt };
