import { randomUUID } from "node:crypto";
import type { StateType } from "./api-types.ts";

/**
 * A state to propose, as `POST /flow_runs/{id}/set_state` takes it. `transition_id` lets the server recognise
 * a proposal that is sent twice because the first answer was lost (`PreventDuplicateTransitions`).
 */
export interface ProposedState {
  type: StateType;
  name: string;
  message?: string;
  data?: unknown;
  state_details: { transition_id: string; [detail: string]: unknown };
}

/** Makes a state to propose. `name` is one of Prefect's own state names. */
export function state(
  type: StateType,
  name: string,
  options: { message?: string; data?: unknown } = {},
): ProposedState {
  return {
    type,
    name,
    ...(options.message === undefined ? {} : { message: options.message }),
    ...(options.data === undefined ? {} : { data: options.data }),
    state_details: { transition_id: randomUUID() },
  };
}

/** Characters of a state's message. A server, or an ingress before it, refuses a body of a megabyte; the log has it all. */
const MESSAGE_LIMIT = 50_000;

/** The state with a message that every server takes. */
export function shortened(proposed: ProposedState): ProposedState {
  const { message = "" } = proposed;
  if (message.length <= MESSAGE_LIMIT) return proposed;
  const left = message.length - MESSAGE_LIMIT;
  return { ...proposed, message: `${message.slice(0, MESSAGE_LIMIT)}… (${left} characters cut)` };
}

/** What a final state's `data` holds when the result is not kept. */
export const unpersisted = { type: "unpersisted" };

export const running = () => state("RUNNING", "Running");
export const completed = (message?: string) =>
  state("COMPLETED", "Completed", { data: unpersisted, ...(message === undefined ? {} : { message }) });
export const crashed = (message: string) => state("CRASHED", "Crashed", { message });
export const cancelled = (message: string) => state("CANCELLED", "Cancelled", { message });

const finalTypes: ReadonlySet<string> = new Set(["COMPLETED", "FAILED", "CRASHED", "CANCELLED"]);

/** Whether a run in a state of this type will not run again by itself. */
export function isFinal(type: string | null | undefined): boolean {
  return type !== null && type !== undefined && finalTypes.has(type);
}

/** Whether a run in this state goes on in another process when it is resumed. A paused one waits in its own. */
export function isSuspended({
  type,
  name,
}: {
  type?: string | null | undefined;
  name?: string | null | undefined;
}): boolean {
  return type === "PAUSED" && name === "Suspended";
}
