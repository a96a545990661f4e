import { formatWithOptions, type InspectOptions, inspect } from "node:util";
import { currentScope } from "../sdk/context.ts";
import { logger } from "../sdk/logger.ts";

const methods = { debug: "debug", log: "info", info: "info", warn: "warn", error: "error" } as const;
type Level = (typeof methods)[keyof typeof methods];
type Method = keyof typeof methods | "dir" | "group" | "groupCollapsed" | "groupEnd";

/** How many groups are open in a flow run or task run. Node's own count is one for all runs of the process. */
const groups = new WeakMap<object, number>();

/** `logPrints`: what a flow or task prints with `console.*` becomes a log of its run; elsewhere it is printed as ever. */
export function captureConsole(): void {
  for (const [method, level] of Object.entries(methods) as [keyof typeof methods, Level][])
    capture(method, (run, parts) => print(run, level, parts));
  // Node has it write to the output itself; the other methods (table, count, trace …) call those above.
  capture("dir", (run, [value, options]) => {
    const text = inspect(value, { customInspect: false, ...(options as InspectOptions), colors: false });
    print(run, "info", [text]);
  });
  capture("group", openGroup);
  capture("groupCollapsed", openGroup);
  capture("groupEnd", (run) => groups.set(run, Math.max(0, depth(run) - 1)));
}

function capture(method: Method, inRun: (run: object, parts: unknown[]) => void): void {
  const original = console[method].bind(console) as (...parts: unknown[]) => void;
  console[method] = (...parts: unknown[]) => {
    const { taskRun, flowRun } = currentScope() ?? {};
    const run = taskRun ?? flowRun;
    if (run !== undefined && (taskRun?.logPrints ?? flowRun?.logPrints)) inRun(run, parts);
    else original(...parts);
  };
}

function openGroup(run: object, labels: unknown[]): void {
  if (labels.length > 0) print(run, "info", labels);
  groups.set(run, depth(run) + 1);
}

function print(run: object, level: Level, parts: unknown[]): void {
  const indentation = "  ".repeat(depth(run));
  const text = formatWithOptions({ colors: false }, ...parts);
  logger[level](indentation + text.replaceAll("\n", `\n${indentation}`));
}

const depth = (run: object): number => groups.get(run) ?? 0;
