import { Completed, flow, task, z } from "prefect-ts";

function fib(n: number): number {
  return n < 2 ? n : fib(n - 1) + fib(n - 2);
}

const noop = task({ name: "No-op" }, () => undefined);
const compute = task({ name: "Fib" }, (n: number) => fib(n));

/**
 * Calls a task many times: one that does nothing (`fib` 0), or one that computes. By turns with it the same is computed without a
 * task where that takes long enough to be compared; says how long each took, without the first call of either.
 */
export const tasks = flow(
  {
    name: "Bench tasks",
    parameters: z.object({ count: z.number(), n: z.number(), bare: z.boolean().default(false) }),
  },
  async ({ count, n, bare }) => {
    const took = { asTasks: 0, bare: 0 };
    if (bare) {
      fib(n);
      await compute(n);
    }
    for (let call = 0; call < count; call += 1) {
      const begun = performance.now();
      await (n === 0 ? noop() : compute(n));
      took.asTasks += performance.now() - begun;
      if (bare) fib(n);
      took.bare += performance.now() - begun;
    }
    return Completed({ message: JSON.stringify({ ...took, bare: took.bare - took.asTasks }) });
  },
);
