import type { Bench } from "../support/bench.ts";
import type { Contestant } from "../support/contestant.ts";
import { type Figure, figure, type Row } from "../support/figure.ts";
import { completed, createRun, type FlowRun } from "../support/flow-runs.ts";
import { recordCompleted } from "../support/recording-floor.ts";
import { runningToCompleted } from "../support/state-floor.ts";
import { short } from "../support/statistics.ts";
import { taskRunsCompleted } from "../support/task-runs.ts";
import { overhead } from "./s3-overhead.ts";

const RUN_MS = 10 * 60_000;
/** Calls of a task in one flow run, and what each computes; 0: nothing. */
const MANY = { count: 1_000, n: 0 };
const SMALL = { count: 40, n: 10 };
const LARGE = { count: 10, n: 33 };

/** S3: how many tasks a flow gets done, and what a task costs beside what it does. */
export const tasks: Row = {
  id: "S3",
  what: "tasks in one flow",
  async *measure(bench) {
    const worker = { ours: bench.ours.start(), peer: bench.peer.start() };
    try {
      await Promise.all([worker.ours.started(), worker.peer.started()]);
      const deployments = new Map<Contestant, string>();
      for (const contestant of [bench.ours, bench.peer])
        deployments.set(contestant, await deploy(bench, contestant));
      const measure = (load: typeof MANY) => compare(bench, deployments, load);
      yield* await measure(MANY);
      yield* await measure(SMALL);
      yield await againstBareLoop(bench, deployments);
    } finally {
      await worker.ours.stop();
      await worker.peer.stop();
    }
    yield await overhead(bench);
  },
};

/** A deployment of the flow of tasks, from the same repository as the contestant's no-op flow. */
async function deploy({ api }: Bench, { noop, pool }: Contestant): Promise<string> {
  const { entrypoint, pull_steps } = await api.get<{ entrypoint: string; pull_steps: unknown }>(
    `/deployments/${noop}`,
  );
  const { id: flow_id } = await api.post<{ id: string }>("/flows/", { name: "Bench tasks" });
  const own = entrypoint.replaceAll("noop", "tasks");
  const body = { name: pool, flow_id, entrypoint: own, work_pool_name: pool, pull_steps };
  return (await api.post<{ id: string }>("/deployments/", body)).id;
}

/** Tasks a second of the flow run, and until all are on the server. */
async function compare(
  bench: Bench,
  deployments: Map<Contestant, string>,
  load: typeof MANY,
): Promise<Figure[]> {
  const raw = {
    run: { ours: [] as number[], peer: [] as number[], floor: [] as number[] },
    seen: { ours: [] as number[], peer: [] as number[], floor: [] as number[] },
  };
  const what =
    load.n === 0 ? `${load.count} no-op tasks in one flow` : `${load.count} × fib(${load.n}) as tasks`;
  for (let round = 0; round < bench.rounds; round += 1) {
    for (const contestant of [bench.ours, bench.peer]) {
      if (contestant.name === "peerTuned") continue;
      const { run, seconds } = await visible(bench, deployments.get(contestant) ?? "", load);
      const rate = load.count / secondsOf(run);
      raw.run[contestant.name].push(rate);
      raw.seen[contestant.name].push(load.count / seconds);
      bench.say(
        `S3 round ${round + 1}/${bench.rounds}: ${contestant.label}, ${what}: ${short(rate)} tasks/s, all seen after ${short(seconds)} s`,
      );
    }
    const empty = await runningToCompleted(bench);
    raw.run.floor.push(load.count / empty);
    const recorded = await recordCompleted(bench, load.count);
    raw.seen.floor.push(load.count / recorded);
    bench.say(
      `S3 round ${round + 1}/${bench.rounds}: a run without tasks takes ${short(empty)} s, and the server alone records ${load.count} tasks in ${short(recorded)} s`,
    );
  }
  const head = { id: "S3", unit: "tasks/s", target: "≥ 10 × the peer" };
  const isMet = ({ ratio }: { ratio: number }) => ratio >= 10;
  return [
    figure({ ...head, what }, raw.run, isMet, [
      "By the server's times of the flow run: Running to Completed. Floor: a run that does nothing at all, whose Completed is " +
        "proposed the moment that Running is answered.",
    ]),
    figure({ ...head, what: `${what}, until all are Completed on the server` }, raw.seen, isMet, [
      "A server at its defaults records each state of a task run in a transaction of its own " +
        "(PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_BATCH_SIZE is 1). Floor: one event a task run, given to it at once, " +
        "and nothing else. Making them by requests (`POST /task_runs/`) is slower.",
      "The peer tells three states a task; ours leaves out those that are over before they could be told, when more than 60 " +
        "events wait.",
    ]),
  ];
}

/** A run, and the seconds from its start until the server shows all of its task runs as Completed. */
async function visible(
  bench: Bench,
  deployment: string,
  load: typeof MANY,
): Promise<{ run: FlowRun; seconds: number }> {
  const { id } = await createRun(bench, deployment, load);
  const run = await completed(bench, id, { timeoutMs: RUN_MS });
  await taskRunsCompleted(bench, id, load.count);
  return { run, seconds: (Date.now() - Date.parse(run.start_time ?? "")) / 1000 };
}

async function againstBareLoop(bench: Bench, deployments: Map<Contestant, string>): Promise<Figure> {
  const raw = { ours: [] as number[], floor: [] as number[] };
  for (let round = 0; round < bench.rounds; round += 1) {
    const { id } = await createRun(bench, deployments.get(bench.ours) ?? "", { ...LARGE, bare: true });
    const run = await completed(bench, id, { timeoutMs: RUN_MS });
    const { asTasks, bare } = JSON.parse(run.state.message ?? "{}") as { asTasks: number; bare: number };
    raw.ours.push(asTasks);
    raw.floor.push(bare);
    bench.say(`S3 round ${round + 1}/${bench.rounds}: ${short(asTasks)} ms as tasks, ${short(bare)} ms bare`);
  }
  return figure(
    {
      id: "S3",
      what: `${LARGE.count} × fib(${LARGE.n}) as tasks`,
      unit: "ms",
      target: "within 5 % of the bare loop",
    },
    raw,
    ({ ratioToFloor }) => ratioToFloor <= 1.05,
    [
      "The floor is the same call, bare: in the same run, by turns with the tasks. Both were called once before.",
    ],
  );
}

function secondsOf({ start_time, end_time }: FlowRun): number {
  return (Date.parse(end_time ?? "") - Date.parse(start_time ?? "")) / 1000;
}
