import type { FlowOptions } from "../flow.ts";
import { checkedName, checkTemplate, fillTemplate } from "../run-names.ts";

/** What a flow run is called by the flow's `flowRunName`; undefined when it has none. */
export function flowRunName(
  { flowRunName: wanted }: Pick<FlowOptions, "flowRunName">,
  parameters: Record<string, unknown>,
): string | undefined {
  if (wanted === undefined) return undefined;
  if (typeof wanted === "function") return checkedName(wanted(parameters), "flowRunName");
  return fillTemplate(wanted, parameters);
}

/** @throws TypeError when a template names what is no parameter of the flow */
export function checkFlowRunName({ name, flowRunName: wanted, parameters }: FlowOptions): void {
  if (typeof wanted !== "string") return;
  checkTemplate(`flowRunName of flow "${name}"`, wanted, Object.keys(parameters?.shape ?? {}));
}
