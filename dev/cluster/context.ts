import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Closers } from "../stack/closers.ts";
import type { Progress, StackContext } from "../stack/context.ts";
import { startGuard } from "../stack/guard.ts";

/** A folder, closers and a guard for what is started beside a stack: a cluster, an engine. */
export async function openContext(
  progress: Progress,
): Promise<{ context: StackContext; close(): Promise<void> }> {
  const closers = new Closers();
  const guard = startGuard();
  const folder = await mkdtemp(join(tmpdir(), "prefect-ts-cluster-"));
  guard.remove(folder);
  closers.add("folder", () => rm(folder, { recursive: true, force: true }));
  const giveUp = new AbortController();
  return {
    context: { folder, guard, closers, signal: giveUp.signal, progress },
    close: async () => {
      giveUp.abort(new Error("the cluster is being closed"));
      await closers.close().finally(() => guard.leave());
    },
  };
}
