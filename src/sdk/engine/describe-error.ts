import { inspect } from "node:util";

/** What is told of an error: one line for the state, the stack with its causes for the log. */
export function describeError(error: unknown): { message: string; stack: string } {
  if (error instanceof Error) {
    return { message: `${error.name}: ${error.message}`, stack: inspect(error, { depth: 4 }) };
  }
  const text = inspect(error, { depth: 4 });
  return { message: `${text} was thrown (not an Error)`, stack: text };
}
