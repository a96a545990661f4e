import { join } from "node:path";
import type { StackContext } from "../context.ts";
import { CACHE } from "./cache.ts";
import { withLock } from "./lock.ts";

/** Holds the lock file `NAME.lock` in the cache until the context is closed; waits while another process has it. */
export async function holdLock(
  context: StackContext,
  name: string,
  onWait: (pid: number) => void,
): Promise<void> {
  await new Promise<void>((taken, failed) => {
    const held = withLock(join(CACHE, `${name}.lock`), onWait, async () => {
      const freed = Promise.withResolvers<void>();
      context.closers.add(`the lock ${name}`, async () => {
        freed.resolve();
        await held;
      });
      taken();
      await freed.promise;
    });
    held.catch(failed);
  });
}
