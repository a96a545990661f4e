import type { State } from "../prefect/api-types.ts";
import { isSuspended } from "../prefect/states.ts";

/**
 * What became of a run since this claim of it, by its states in their order: `suspended` by whomever, or `resumed`
 * after that, so that another process may have it; undefined when it was not suspended. Events and pages of a list may
 * be late, and tell of a suspension before the claim; the history cannot.
 */
export function suspensionSince(states: State[], claimId: string): "suspended" | "resumed" | undefined {
  const claim = states.findIndex(({ id }) => id === claimId);
  if (claim < 0) return undefined;
  const since = states.slice(claim + 1);
  const at = since.findIndex(isSuspended);
  if (at < 0) return undefined;
  return since.slice(at + 1).some(({ type }) => type === "SCHEDULED") ? "resumed" : "suspended";
}
