import { formatWithOptions } from "node:util";
import { currentScope } from "../sdk/context.ts";
import { logger } from "../sdk/logger.ts";

const methods = { debug: "debug", log: "info", info: "info", warn: "warn", error: "error" } as const;

/** `logPrints`: what a flow or task prints with `console.*` becomes a log of its run; elsewhere it is printed as ever. */
export function captureConsole(): void {
  for (const [method, level] of Object.entries(methods) as [
    keyof typeof methods,
    "debug" | "info" | "warn" | "error",
  ][]) {
    const original = console[method].bind(console);
    console[method] = (...parts: unknown[]) => {
      const scope = currentScope();
      if (scope?.taskRun?.logPrints ?? scope?.flowRun.logPrints)
        logger[level](formatWithOptions({ colors: false }, ...parts));
      else original(...parts);
    };
  }
}
