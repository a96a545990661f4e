import { expect, it } from "vitest";
import type { ScheduledFlowRun } from "../../src/prefect/api-types.ts";
import { Competition } from "../../src/worker/competition.ts";

const run = (id: string, work_queue_id = "queue") =>
  ({ work_queue_id, flow_run: { id } }) as unknown as ScheduledFlowRun;
const ids = (runs: readonly ScheduledFlowRun[]) => runs.map(({ flow_run }) => flow_run.id).join("");
/** Numbers that turn every order round. */
const falling = () => {
  let next = 1;
  return () => (next /= 2);
};

it("a worker that loses no run to another asks for as many as it has slots, and takes them in the server's order", () => {
  const competition = new Competition();
  expect(competition.askFor(2)).toBe(2);
  expect(
    ids(
      competition.order(
        ["a", "b", "c"].map((id) => run(id)),
        () => true,
        falling(),
      ),
    ),
  ).toBe("abc");
});

it("one that has lost a run asks for more, and chooses among those that are due, by chance, within each queue", () => {
  const competition = new Competition();
  competition.lost();
  expect(competition.askFor(2)).toBe(16);
  expect(competition.askFor(Number.POSITIVE_INFINITY)).toBe(Number.POSITIVE_INFINITY);
  const runs = [
    ...["a", "b", "c", "d"].map((id) => run(id, "first")),
    ...["e", "f"].map((id) => run(id, "second")),
  ];
  expect(ids(competition.order(runs, ({ flow_run: { id } }) => id !== "a", falling()))).toBe("dcbafe");
});

it("half a minute after the last lost run the server's order holds again", () => {
  let now = 0;
  const competition = new Competition(() => now);
  competition.lost();
  now = 29_999;
  expect(competition.isOn).toBe(true);
  now = 30_000;
  expect(competition.isOn).toBe(false);
  expect(competition.askFor(2)).toBe(2);
});
