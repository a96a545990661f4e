import { existsSync, readFileSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { waitFor } from "../../support/wait-for.ts";
import type { Scenario } from "./scenario.ts";

/** The lines that flows have left in a file; none while there is no such file. */
export function linesOf(file: string): string[] {
  return existsSync(file)
    ? readFileSync(file, "utf8")
        .split("\n")
        .filter((line) => line !== "")
    : [];
}

/** Waits until a file has so many lines, and gives them. */
export function linesOnceThere(file: string, count = 1, timeoutMs = 30_000): Promise<string[]> {
  return waitFor(
    () => {
      const lines = linesOf(file);
      return lines.length >= count ? lines : undefined;
    },
    { what: `${file} has ${count} line(s)`, timeoutMs },
  );
}

/** Waits until the workers of a scenario have removed the folders of all their runs. */
export async function noFolderLeft({ folder }: Scenario): Promise<void> {
  const runs = join(folder, "home", "prefect-ts", "runs");
  await waitFor(
    async () => {
      const left = await readdir(runs);
      if (left.length > 0) throw new Error(`still there: ${left.join(", ")}`);
      return true;
    },
    { what: "the folders of all runs are gone", timeoutMs: 15_000 },
  );
}

/** Cancels a run as the UI does. */
export async function cancel({ api }: Scenario, run: string): Promise<void> {
  await api.post(`/flow_runs/${run}/set_state`, { state: { type: "CANCELLING", name: "Cancelling" } });
}
