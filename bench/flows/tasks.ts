import { Completed, flow, task, z } from "prefect-ts";

function fib(n: number): number {
  return n < 2 ? n : fib(n - 1) + fib(n - 2);
}

const noop = task({ name: "No-op" }, () => undefined);
const compute = task({ name: "Fib" }, (n: number) => fib(n));

/** Calls a task many times: one that does nothing (`fib` 0), or one that computes; says how long that and a bare loop took. */
export const tasks = flow(
  { name: "Bench tasks", parameters: z.object({ count: z.number(), n: z.number() }) },
  async ({ count, n }) => {
    if (n > 0) fib(n);
    const begun = performance.now();
    for (let call = 0; call < count; call += 1) await (n === 0 ? noop() : compute(n));
    const asTasks = performance.now() - begun;
    for (let call = 0; call < count && n > 0; call += 1) fib(n);
    const bare = performance.now() - begun - asTasks;
    return Completed({ message: JSON.stringify({ asTasks, bare }) });
  },
);
