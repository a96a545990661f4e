import { flow } from "prefect-ts";

/** Does nothing: what is left is the cost of a run. */
export const noop = flow({ name: "Bench no-op" }, async () => undefined);
