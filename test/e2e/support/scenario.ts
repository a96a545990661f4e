import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { BareRepository } from "../../../dev/stack/git/repository.ts";
import { type RunningCli, startCli } from "../../support/cli.ts";
import { type PrefectApi, prefectApi } from "../../support/prefect-api.ts";
import type { SharedStack } from "../../support/shared-stack.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";
import { waitFor } from "../../support/wait-for.ts";

const fixtures = join(import.meta.dirname, "../../fixtures/flows");
const finalTypes = ["COMPLETED", "FAILED", "CRASHED", "CANCELLED"];

export interface RunView {
  id: string;
  name: string;
  state_type: string;
  state_name: string;
  state: { message: string | null };
  run_count: number;
  infrastructure_pid: string | null;
}

/** A pool and a git repository of a test's own, with workers, deployments and runs on them. */
export interface Scenario {
  api: PrefectApi;
  pool: string;
  folder: string;
  repository: BareRepository;
  repositoryUrl: string;
  /** Pushes fixture flows (`test/fixtures/flows/NAME.ts`) to `dev`, and makes a deployment of each. */
  deployFixture(name: string, exportName?: string): Promise<string>;
  /** Makes a deployment; gives its id. */
  deploy(deployment: { flow: string; entrypoint: string } & Record<string, unknown>): Promise<string>;
  startWorker(args?: string[], env?: Record<string, string>): Promise<RunningCli>;
  run(
    deployment: string,
    parameters?: Record<string, unknown>,
    more?: Record<string, unknown>,
  ): Promise<string>;
  read(run: string): Promise<RunView>;
  /** Waits for the end of a run. */
  ended(run: string, timeoutMs?: number): Promise<RunView>;
  inState(run: string, name: string): Promise<RunView>;
  states(run: string): Promise<string[]>;
  /** Waits until the server has a log of the run that matches. */
  log(run: string, pattern: RegExp): Promise<string>;
  logs(run: string): Promise<{ level: number; name: string; message: string; task_run_id: string | null }[]>;
  close(): Promise<void>;
}

/** A server on SQLite gives the turn to write to whoever comes at the right moment: one request may wait for half a minute. */
const PATIENCE_MS = 60_000;
/** What runs have to end by themselves when their test is over. */
const DRAIN_MS = 5_000;

/** Opens a scenario on the shared stack. Close it in `afterAll`. */
export async function openScenario(stack: SharedStack<"prefect" | "git">): Promise<Scenario> {
  const api = prefectApi(stack.prefect.apiUrl, stack.prefect.authString);
  const name = `scenario-${randomUUID().slice(0, 8)}`;
  const folder = await temporaryFolder();
  const repository = await BareRepository.create(join(stack.git.folder, `${name}.git`));
  const repositoryUrl = `${stack.git.url}/${name}.git`;
  await repository.push({ "README.md": "flows of a test\n" });
  await api.post("/work_pools/", { name, type: "process" });
  const workers: RunningCli[] = [];

  const deploy: Scenario["deploy"] = async ({ flow, entrypoint, ...more }) => {
    const { id: flow_id } = await api.post<{ id: string }>("/flows/", { name: `${flow} ${name}` });
    const steps = [{ "prefect.deployments.steps.git_clone": { repository: repositoryUrl, branch: "dev" } }];
    const body = { name, flow_id, entrypoint, work_pool_name: name, pull_steps: steps, ...more };
    return (await api.post<{ id: string }>("/deployments/", body)).id;
  };
  const read = (run: string) => api.get<RunView>(`/flow_runs/${run}`);
  const logs: Scenario["logs"] = (run) =>
    api.post("/logs/filter", { logs: { flow_run_id: { any_: [run] } }, sort: "TIMESTAMP_ASC", limit: 200 });
  /** What a run went through and what the workers said last: a test that waited in vain shows why. */
  const story = async (run: string) => {
    const states = await api.get<{ name: string; timestamp: string; message: string | null }[]>(
      `/flow_run_states/?flow_run_id=${run}`,
    );
    return [
      ...states.map(({ timestamp, name, message }) => `${timestamp} ${name}: ${message ?? ""}`),
      ...workers.map((worker) => `a worker's last words:\n${worker.output().slice(-2_000)}`),
    ].join("\n");
  };
  const until = async (run: string, what: string, done: (view: RunView) => boolean, timeoutMs: number) => {
    const look = async () => {
      const view = await read(run);
      return done(view) ? view : undefined;
    };
    try {
      return await waitFor(look, { what: `run ${run} is ${what}`, timeoutMs });
    } catch (cause) {
      throw new Error(`${(cause as Error).message}\n${await story(run)}`, { cause });
    }
  };
  return {
    api,
    pool: name,
    folder,
    repository,
    repositoryUrl,
    deploy,
    deployFixture: async (
      fixture,
      exportName = fixture.replace(/-(.)/g, (_, letter) => letter.toUpperCase()),
    ) => {
      const text = await readFile(join(fixtures, `${fixture}.ts`), "utf8");
      await repository.commitFile(`flows/${fixture}.ts`, text);
      return deploy({ flow: fixture, entrypoint: `flows/${fixture}.ts:${exportName}` });
    },
    startWorker: async (args = [], env = {}) => {
      const worker = startCli(["worker", "start", "--pool", name, "--type", "process", ...args], {
        env: { ...stack.env, PREFECT_HOME: join(folder, "home"), ...env },
      });
      workers.push(worker);
      await worker.waitForOutput(/started!/, PATIENCE_MS);
      return worker;
    },
    run: async (deployment, parameters = {}, more = {}) => {
      const body = {
        idempotency_key: randomUUID(),
        parameters,
        state: { type: "SCHEDULED", name: "Scheduled" },
        ...more,
      };
      return (await api.post<{ id: string }>(`/deployments/${deployment}/create_flow_run`, body)).id;
    },
    read,
    ended: (run, timeoutMs = PATIENCE_MS) =>
      until(run, "at its end", (view) => finalTypes.includes(view.state_type), timeoutMs),
    inState: (run, state) => until(run, state, (view) => view.state_name === state, PATIENCE_MS),
    states: async (run) => {
      const found = await api.get<{ name: string }[]>(`/flow_run_states/?flow_run_id=${run}`);
      return found.map((state) => state.name);
    },
    log: (run, pattern) =>
      waitFor(async () => (await logs(run)).find(({ message }) => pattern.test(message))?.message, {
        what: `a log of run ${run} matches ${pattern}`,
        timeoutMs: PATIENCE_MS,
      }),
    logs,
    close: async () => {
      for (const worker of workers) {
        if (worker.process.exitCode !== null) continue;
        const stopped = worker.stop("SIGINT");
        // A test that failed half-way has left runs that would go on for minutes.
        const second = setTimeout(() => worker.process.kill("SIGINT"), DRAIN_MS);
        await stopped.finally(() => clearTimeout(second));
      }
      await api.delete(`/work_pools/${name}`);
    },
  };
}
