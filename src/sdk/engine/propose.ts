import { type ProposedState, state as proposed, unpersisted } from "../../prefect/states.ts";
import type { State } from "../states.ts";

/** A state of the SDK as the server takes it: of its result only where that is kept. */
export function toPropose(state: State): ProposedState {
  const { type, name, message, resultMetadata, details } = state;
  const keepsNothing = type === "COMPLETED" || type === "FAILED" ? unpersisted : undefined;
  const data = resultMetadata ?? keepsNothing;
  const made = proposed(type, name, {
    ...(message !== undefined && { message }),
    ...(data !== undefined && { data }),
  });
  return { ...made, state_details: { ...details, ...made.state_details } };
}
