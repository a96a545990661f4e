import { dirname } from "node:path";
import { inspect } from "node:util";

/** This SDK's own folder: its frames below those of the flow tell its author nothing. */
const own = dirname(import.meta.dirname);

/** What is told of an error: one line for the state, the stack with its causes for the log. */
export function describeError(error: unknown): { message: string; stack: string } {
  const text = inspect(error, { depth: 4 + causesOf(error) });
  if (!(error instanceof Error)) return { message: `${text} was thrown (not an Error)`, stack: text };
  return { message: `${error.name}: ${error.message}`, stack: withoutOwnFrames(text) };
}

/** How many causes an error has, one behind the other: each takes a level of `inspect`, and the last is the root of it all. */
export function causesOf(error: unknown): number {
  const seen = new Set<unknown>();
  for (let one = error; one instanceof Error && !seen.has(one); one = one.cause) seen.add(one);
  return Math.max(0, seen.size - 1);
}

function withoutOwnFrames(stack: string): string {
  const isOwn = (line: string) =>
    /^\s+at /.test(line) &&
    (line.includes(own) || line.includes("node:internal/") || line.includes("(<anonymous>)"));
  return stack
    .split("\n")
    .filter((line) => !isOwn(line))
    .join("\n");
}
