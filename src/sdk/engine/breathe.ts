/**
 * Milliseconds of tasks after tasks, after which sockets, timers and signals get their turn. What they have to do then costs
 * a task of some milliseconds dear: it is cold, and wakes others who want the processor.
 */
const LONGEST = 250;
let last = performance.now();

/**
 * Lets the event loop turn when it has not been let for a while. Tasks that never wait for anything would otherwise
 * keep logs from being sent, and a cancellation from being heard, until the last of them has ended.
 */
export function breathe(): Promise<void> | undefined {
  if (performance.now() - last < LONGEST) return undefined;
  return new Promise((resolve) =>
    setImmediate(() => {
      last = performance.now();
      resolve();
    }),
  );
}
