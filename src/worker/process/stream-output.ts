import type { Readable, Writable } from "node:stream";

/**
 * Passes on what a process prints, no faster than `output` takes it: meanwhile the process's own buffer fills, and a run
 * leaves lines out (`src/runner/print.ts`), so that no memory grows. What an output that is closed would get is thrown
 * away, because a process that nobody reads from may block.
 */
export function streamOutput(source: Readable | null, output: Writable): void {
  // Every run may be waiting for it to drain.
  output.setMaxListeners(0);
  source?.on("data", (chunk) => {
    if (!output.writable || output.write(chunk)) return;
    source.pause();
    const goOn = () => {
      output.off("drain", goOn);
      output.off("close", goOn);
      source.resume();
    };
    output.on("drain", goOn);
    output.on("close", goOn);
  });
}
