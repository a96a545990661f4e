import type { Row } from "../support/figure.ts";
import { growth } from "./s4-growth.ts";
import { idleMemory } from "./s4-idle.ts";
import { runMemory } from "./s4-run.ts";

/** S4: memory of the worker, of a run, and of the worker after many runs. */
export const memory: Row = {
  id: "S4",
  what: "memory of the idle worker, of one run's process, and of the worker after many runs",
  async *measure(bench) {
    yield await idleMemory(bench);
    yield await runMemory(bench);
    yield await growth(bench);
  },
};
