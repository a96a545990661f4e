import { setImmediate as turn } from "node:timers/promises";
import { inScope } from "../sdk/context.ts";
import { flowRunScope } from "../sdk/engine/flow-run-scope.ts";
import type { Recorder } from "../sdk/recorder/recorder.ts";
import { taskRunEvent } from "../sdk/recorder/task-run-event.ts";
import { task } from "../sdk/task.ts";

/** Calls of a task after which V8 knows the engine's code; 300 gain a run nothing more. */
const CALLS = 100;
/** And after which it is looked whether a run has come. */
const SLICE = 10;

/**
 * Calls a task that does nothing and is told to nobody, in an idle process: code is slow when it runs for the first time. A run of
 * forty short tasks takes some 30 ms then instead of 45.
 * @param signal  fires when the process is needed
 * @returns how often the task was called
 */
export async function warmUp(signal: AbortSignal): Promise<number> {
  const recorder: Recorder = {
    log: () => undefined,
    taskRunChanged: (taskRun, from, to) => void JSON.stringify(taskRunEvent(taskRun, from, to, [])),
    server: undefined,
  };
  const name = "Warm-up";
  const flowRun = flowRunScope({ flowName: name, flowRunName: name, parameters: {}, recorder });
  const nothing = task({ name }, () => undefined);
  let calls = 0;
  while (calls < CALLS && !signal.aborted) {
    await inScope({ flowRun }, async () => {
      for (let one = 0; one < SLICE; one += 1) await nothing();
    });
    calls += SLICE;
    await turn();
  }
  return calls;
}
