import type { FlowRun } from "../../../src/prefect/api-types.ts";
import { PrefectClient } from "../../../src/prefect/client/client.ts";
import { loadSettings } from "../../../src/prefect/settings/settings.ts";
import { StateProposer } from "../../../src/prefect/state-proposer.ts";
import { FlowRunEngine, type FlowRunOutcome } from "../../../src/sdk/engine/flow-run-engine.ts";
import type { Flow } from "../../../src/sdk/index.ts";
import { ServerRecorder } from "../../../src/sdk/recorder/server-recorder.ts";
import { type PrefectApi, prefectApi } from "../../support/prefect-api.ts";
import { waitFor } from "../../support/wait-for.ts";

/** A task run as the server shows it. */
export interface TaskRunView {
  id: string;
  name: string;
  state_type: string;
  state_name: string;
  state: { message: string | null; data: unknown; state_details: { child_flow_run_id: string | null } };
  run_count: number;
  flow_run_run_count: number;
  start_time: string | null;
  end_time: string | null;
  /** Seconds that its function took, in all tries. */
  total_run_time: number;
  estimated_run_time: number;
  tags: string[];
  task_inputs: Record<string, { input_type: string; id: string }[]>;
}

export interface FlowRunView {
  id: string;
  name: string;
  state_type: string;
  state_name: string;
  state: { message: string | null; data: unknown; timestamp: string };
  run_count: number;
  parent_task_run_id: string | null;
  parameters: Record<string, unknown>;
}

/** Runs flows on a server in the test's own process, past worker and runner, and reads what the server has of them. */
export class ServerRuns {
  readonly api: PrefectApi;
  readonly client: PrefectClient;
  readonly #settings: ReturnType<typeof loadSettings>;
  #said: string[] = [];

  constructor(apiUrl: string) {
    this.#settings = loadSettings({ PREFECT_API_URL: apiUrl });
    this.api = prefectApi(apiUrl);
    this.client = new PrefectClient(this.#settings);
  }

  /** Lines that runs have printed. */
  get said(): readonly string[] {
    return this.#said;
  }

  /** Makes a run of a flow, as a worker finds it: `Pending`. */
  async create(flow: Flow, parameters: Record<string, unknown> = {}): Promise<FlowRun> {
    const { id } = await this.client.deployments.createFlow(flow.options.name);
    const state = { type: "PENDING", name: "Pending" };
    return this.api.post<FlowRun>("/flow_runs/", { flow_id: id, parameters, state });
  }

  /** Runs it to its end. */
  async execute(
    flow: Flow,
    flowRun: FlowRun,
    signal = new AbortController().signal,
  ): Promise<FlowRunOutcome> {
    const { client } = this;
    const print = (record: { message: string }) => void this.#said.push(record.message);
    const recorder = new ServerRecorder({ client, settings: this.#settings, flowRun, print });
    const engine = new FlowRunEngine({
      flow,
      flowRun,
      client,
      recorder,
      proposer: new StateProposer(client.flowRuns, flowRun),
      flush: () => recorder.flush(),
      settle: () => recorder.settle(),
      release: () => recorder.release(),
      signal,
      cancelGrace: 5_000,
      heartbeatSeconds: 30,
    });
    try {
      return await engine.execute();
    } finally {
      await recorder.close();
    }
  }

  /** Makes a run, and runs it to its end; gives it as the server has it then. */
  async run(flow: unknown, parameters: Record<string, unknown> = {}): Promise<FlowRunView> {
    const flowRun = await this.create(flow as Flow, parameters);
    await this.execute(flow as Flow, flowRun);
    return this.read(flowRun.id);
  }

  read(id: string): Promise<FlowRunView> {
    return this.api.get(`/flow_runs/${id}`);
  }

  async states(id: string): Promise<string[]> {
    const found = await this.api.get<{ name: string }[]>(`/flow_run_states/?flow_run_id=${id}`);
    return found.map((state) => state.name);
  }

  /** The states that a task run went through, in their order, once the last is of this name. */
  taskStates(id: string, last: string): Promise<string[]> {
    return waitFor(
      async () => {
        const found = await this.api.get<{ name: string }[]>(`/task_run_states/?task_run_id=${id}`);
        const names = found.map((state) => state.name);
        return names.at(-1) === last ? names : undefined;
      },
      { what: `task run ${id} is ${last}` },
    );
  }

  /** The task runs of a flow run by their names, once the server has so many and `done` finds them as they should be. */
  async taskRuns(
    flowRunId: string,
    count: number,
    done = (taskRun: TaskRunView) =>
      ["COMPLETED", "FAILED", "CANCELLED", "CRASHED"].includes(taskRun.state_type),
  ): Promise<Record<string, TaskRunView>> {
    const found = await waitFor(
      async () => {
        const all = await this.api.post<TaskRunView[]>("/task_runs/filter", {
          flow_runs: { id: { any_: [flowRunId] } },
        });
        // The server writes a task run a moment before the state that it tells of.
        const whole = all.every((one) => one.state !== null && done(one));
        return all.length === count && whole ? all : undefined;
      },
      { what: `${count} task runs of ${flowRunId}` },
    );
    return Object.fromEntries(found.map((taskRun) => [taskRun.name, taskRun]));
  }

  /** `created` is when the server got it. */
  logs(
    flowRunId: string,
  ): Promise<{ level: number; message: string; task_run_id: string | null; created: string }[]> {
    return this.api.post("/logs/filter", {
      logs: { flow_run_id: { any_: [flowRunId] } },
      sort: "TIMESTAMP_ASC",
      limit: 200,
    });
  }

  close(): Promise<void> {
    return this.client.close();
  }
}
