import { checkTemplate } from "../run-names.ts";
import { parameterNames } from "./parameter-names.ts";
import type { TaskDefinition } from "./task-definition.ts";

/** @throws TypeError when a template names what no call of the task can have a value for */
export function checkTaskRunName({ options, fn }: Pick<TaskDefinition, "options" | "fn">): void {
  const { name, taskRunName: wanted } = options;
  if (typeof wanted !== "string") return;
  const names = parameterNames(fn);
  // Arguments behind the last parameter are called so: the second of `...rest`, and all of a function without source.
  const isSurplus = (one: string) => /^arg\d+$/.test(one) && Number(one.slice(3)) >= names.length;
  checkTemplate(`taskRunName of task "${name}"`, wanted, names, isSurplus);
}
