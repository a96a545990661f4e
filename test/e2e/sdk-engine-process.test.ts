import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sharedStack } from "../support/shared-stack.ts";
import { waitFor } from "../support/wait-for.ts";
import { openScenario, type Scenario } from "./support/scenario.ts";

const stack = await sharedStack("prefect", "git");
let scenario: Scenario;

beforeAll(async () => {
  scenario = await openScenario(stack);
  await scenario.startWorker();
});
afterAll(() => scenario.close());

/** Logs of a run by level and text, in the order of their time. */
async function messages(run: string, pattern: RegExp, count: number): Promise<string[]> {
  return await waitFor(
    async () => {
      const found = (await scenario.logs(run))
        .map(({ message }) => message)
        .filter((text) => pattern.test(text));
      return found.length >= count ? found : undefined;
    },
    { what: `${count} logs of run ${run} match ${pattern}`, timeoutMs: 60_000 },
  );
}

/** The numbers of the lines that `logs-much` wrote and the server has, in the order of their time. */
async function burst(run: string): Promise<number[]> {
  const lines: number[] = [];
  for (let offset = 0; ; offset += 200) {
    const page = await scenario.api.post<{ message: string }[]>("/logs/filter", {
      logs: { flow_run_id: { any_: [run] } },
      sort: "TIMESTAMP_ASC",
      limit: 200,
      offset,
    });
    if (page.length === 0) return lines;
    for (const { message } of page) {
      const number = /^line (\d+) of a burst$/.exec(message)?.[1];
      if (number !== undefined) lines.push(Number(number));
    }
  }
}

it("a suspended run ends its process, and another one goes on when it is resumed; kept results are not made again", async () => {
  const file = join(scenario.folder, `counted-${randomUUID()}`);
  const results = join(scenario.folder, "results");
  const run = await scenario.run(await scenario.deployFixture("suspends"), { file, results });
  await scenario.inState(run, "Suspended");
  // What it waits for is told a moment after the state.
  await waitFor(
    async () => {
      const answer = await scenario.api.post(`/flow_runs/${run}/resume`, { run_input: { go_on: true } });
      return answer.status === "ACCEPT";
    },
    { what: "the run may be resumed" },
  );
  expect(await scenario.ended(run, 120_000)).toMatchObject({ state_name: "Completed" });
  expect(await scenario.states(run)).toEqual([
    ...["Scheduled", "Pending", "Running", "Suspended", "Resuming", "Pending", "Running", "Completed"],
  ]);
  expect((await readFile(file, "utf8")).split("\n")).toHaveLength(2);
}, 240_000);

describe("logs", () => {
  it("of code that began before the run, at the module's top level, are the run's", async () => {
    const run = await scenario.run(await scenario.deployFixture("logs-outside"));
    expect(await scenario.ended(run, 120_000)).toMatchObject({ state_name: "Completed" });
    await messages(run, /^said while the module is loaded$/, 1);
    await messages(run, /^said by a timer of the module$/, 1);
  });

  it("that were written before the memory was full arrive, in order and whole, and the end is explained", async () => {
    const deployment = await scenario.deployFixture("fills-memory");
    const env = { NODE_OPTIONS: "--max-old-space-size=64" };
    const run = await scenario.run(deployment, {}, { job_variables: { env } });
    const { state_name, state } = await scenario.ended(run, 120_000);
    expect(state_name).toBe("Crashed");
    expect(state.message).toMatch(/aborted, as Node does when its heap is full/);
    const lines = await messages(run, /^line \d+ before the end$/, 50);
    expect(lines).toEqual(Array.from({ length: 50 }, (_, n) => `line ${n + 1} before the end`));
  });

  it("of a burst that never lets the loop turn all arrive, in order, and do not hold up the run's end", async () => {
    const run = await scenario.run(await scenario.deployFixture("logs-much"), { lines: 2_000 });
    expect(await scenario.ended(run, 120_000)).toMatchObject({ state_name: "Completed" });
    const lines = await waitFor(
      async () => {
        const found = await burst(run);
        return found.length >= 2_000 && found;
      },
      { what: "2,000 lines are on the server", timeoutMs: 60_000, everyMs: 500 },
    );
    expect(lines).toEqual(Array.from({ length: 2_000 }, (_, line) => line));
  });
});

it("an error that nobody catches ends the run, and the task runs and subflow runs that were under way, as Crashed", async () => {
  const run = await scenario.run(await scenario.deployFixture("crashes-inside"));
  expect(await scenario.ended(run, 90_000)).toMatchObject({ state_name: "Crashed" });
  await messages(run, /nobody catches this/, 1);
  interface View {
    name: string;
    state_name: string;
    /** The server writes a task run a moment before the state that it tells of. */
    state: { state_details: { child_flow_run_id: string | null } } | null;
  }
  const standIns = await waitFor(
    async () => {
      const found = await scenario.api.post<View[]>("/task_runs/filter", {
        flow_runs: { id: { any_: [run] } },
      });
      return found.length === 2 && found.every((one) => one.state_name === "Crashed" && one.state)
        ? found
        : undefined;
    },
    { what: "both task runs are Crashed", timeoutMs: 90_000 },
  );
  const child = standIns.map((one) => one.state?.state_details.child_flow_run_id).find((id) => id);
  expect(await scenario.read(child ?? "")).toMatchObject({ state_name: "Crashed" });
  await messages(child ?? "", /^said in a callback$/, 1);
}, 240_000);
