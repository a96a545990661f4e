import type { StateType } from "../../prefect/api-types.ts";
import { PrefectFuture } from "../futures.ts";
import { State } from "../states.ts";
import { isCollection } from "./run-inputs.ts";

/**
 * The state that a run goes to by what its function returned (`return_value_to_state` in `src/prefect/states.py`):
 * a state made by hand is taken as it is; states of other runs decide together; anything else is the result.
 */
export function stateOfValue(value: unknown): State {
  if (value instanceof State && value.taskRunId === undefined && value.flowRunId === undefined) return value;
  if (value instanceof State) return stateOfStates([value], value);
  if (Array.isArray(value) && value.length > 0 && value.every((item) => item instanceof State))
    return stateOfStates(value, value);
  return new State("COMPLETED", "Completed", { data: value });
}

const names: Partial<Record<StateType, string>> = {
  COMPLETED: "Completed",
  FAILED: "Failed",
  CANCELLED: "Cancelled",
};

function stateOfStates(states: State[], data: unknown): State {
  const count = (...types: StateType[]) => states.filter(({ type }) => types.includes(type)).length;
  const all = states.length;
  const [failed, cancelled, open] = [
    count("FAILED", "CRASHED"),
    count("CANCELLED"),
    states.filter((state) => !state.isFinal()).length,
  ];
  const made = (type: StateType, message: string) => new State(type, names[type] ?? type, { message, data });
  if (count("COMPLETED") === all) return made("COMPLETED", "All states completed.");
  if (cancelled > 0) return made("CANCELLED", `${cancelled}/${all} states cancelled.`);
  if (failed > 0) return made("FAILED", `${failed}/${all} states failed.`);
  return made("FAILED", `${open}/${all} states are not final.`);
}

/** Puts the states of futures in the place of the futures, in lists and plain objects, when their runs have ended. */
export async function futuresToStates(value: unknown): Promise<unknown> {
  if (typeof value !== "object" || value === null || !holdsFuture(value, new Set())) return value;
  if (value instanceof PrefectFuture) return value.wait();
  if (Array.isArray(value)) return Promise.all(Array.from(value as unknown[], futuresToStates));
  const entries = Object.entries(value).map(
    async ([key, item]) => [key, await futuresToStates(item)] as const,
  );
  return Object.fromEntries(await Promise.all(entries));
}

function holdsFuture(value: object, seen: Set<object>): boolean {
  if (value instanceof PrefectFuture) return true;
  if (!isCollection(value) || seen.has(value)) return false;
  seen.add(value);
  const items = Array.isArray(value) ? value : Object.values(value);
  return items.some((item) => typeof item === "object" && item !== null && holdsFuture(item, seen));
}
