/** Loads one entrypoint in plain Node and prints what came of it as JSON: `load-flow.ts CHECKOUT ENTRYPOINT`. */
import { FlowLoadError } from "../../../src/runner/errors.ts";
import { loadFlow } from "../../../src/runner/load-flow.ts";

const [checkout = "", entrypoint = ""] = process.argv.slice(2);
try {
  const { flow: _, ...loaded } = await loadFlow({ checkout, entrypoint });
  console.log(JSON.stringify(loaded));
} catch (error) {
  if (!(error instanceof FlowLoadError)) throw error;
  console.log(JSON.stringify({ code: error.code, message: error.message }));
}
