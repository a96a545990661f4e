import { pino } from "pino";
import { afterEach, beforeEach, expect, it } from "vitest";
import { WarmRunners } from "../../../src/worker/process/warm-runners.ts";
import { descendants } from "../../support/processes.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";
import { waitFor } from "../../support/wait-for.ts";

let runners: WarmRunners;
const runnerProcesses = () =>
  descendants(process.pid).filter(({ command }) => command.includes("/runner/main."));
const pool = async (size: number) => {
  runners = new WarmRunners(size, await temporaryFolder(), pino({ level: "silent" }));
  return runners;
};

beforeEach(() => pool(0));
afterEach(() => runners.close());

it("no process is started for a run that this worker may not have", async () => {
  const refused = Promise.reject(new Error("claimed elsewhere"));
  await expect(runners.take({}, refused)).rejects.toThrow("claimed elsewhere");
  expect(runnerProcesses()).toEqual([]);
});

it("a warm process is given at once, before the run is this worker's, and replaced when asked", async () => {
  await pool(1);
  const runner = await runners.take({}, new Promise(() => undefined));
  expect(runners.idle).toBe(0);
  await runner.stop(0);
  runners.replenish();
  await waitFor(() => runners.idle === 1, { what: "another one is idle" });
});

it.each([
  ["NODE_OPTIONS", "--title=museum", false],
  ["NODE_ENV", "production", true],
])("a run that sets %s to %s gets a warm process: %s", async (name, value, warm) => {
  await pool(1);
  const runner = await runners.take({ [name]: value });
  expect(runners.idle).toBe(warm ? 0 : 1);
  await runner.stop(0);
});
