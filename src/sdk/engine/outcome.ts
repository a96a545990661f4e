import type { StateType } from "../../prefect/api-types.ts";
import { PrefectFuture } from "../futures.ts";
import { State } from "../states.ts";
import { itemsOf, replaceItems } from "./run-inputs.ts";

/**
 * The state that a run goes to by what its function returned (`return_value_to_state` in `src/prefect/states.py`):
 * a state made by hand is taken as it is; states of other runs decide together; anything else is the result.
 */
export function stateOfValue(value: unknown): State {
  if (value instanceof State && value.taskRunId === undefined && value.flowRunId === undefined) return value;
  if (value instanceof State) return stateOfStates([value], value);
  const items: unknown[] = Array.isArray(value) ? value : value instanceof Set ? [...value] : [];
  if (items.length > 0 && items.every((item) => item instanceof State)) return stateOfStates(items, value);
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

/** Puts the states of futures in the place of the futures, in lists, sets and plain objects, when their runs have ended. */
export async function futuresToStates(value: unknown): Promise<unknown> {
  if (typeof value !== "object" || value === null || !holdsFuture(value, new Set())) return value;
  const known = new Map<object, unknown>();
  const replaced = async (one: unknown): Promise<unknown> => {
    if (one instanceof PrefectFuture) return one.wait();
    if (typeof one !== "object" || one === null || itemsOf(one) === undefined) return one;
    return replaceItems(one, known, replaced);
  };
  return replaced(value);
}

function holdsFuture(value: object, seen: Set<object>): boolean {
  if (value instanceof PrefectFuture) return true;
  const items = itemsOf(value);
  if (items === undefined || seen.has(value)) return false;
  seen.add(value);
  for (const item of items)
    if (typeof item === "object" && item !== null && holdsFuture(item, seen)) return true;
  return false;
}
