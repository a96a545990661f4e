import type { Readable, Writable } from "node:stream";
import { LineBuffer } from "./line-buffer.ts";

/**
 * Passes on what a process prints, line by line, no faster than `output` takes it: meanwhile the process's own buffer fills, and a run
 * leaves lines out (`src/runner/print.ts`), so that no memory grows. What an output that is closed would get is thrown
 * away, because a process that nobody reads from may block.
 */
export function streamOutput(source: Readable | null, output: Writable): void {
  // Every run may be waiting for it to drain.
  output.setMaxListeners(0);
  const lines = new LineBuffer();
  source?.once("end", () => {
    const last = lines.end();
    if (last.length > 0 && output.writable) output.write(last);
  });
  source?.on("data", (chunk) => {
    const whole = lines.add(chunk);
    if (whole.length === 0 || !output.writable || output.write(whole)) return;
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
