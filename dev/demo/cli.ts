import { delimiter, join } from "node:path";
import { runCommand } from "../stack/command.ts";
import type { OpenStack } from "../stack/index.ts";
import { PROJECT } from "../stack/install/cache.ts";
import { waitUntilReady } from "../stack/ready.ts";
import type { Api } from "./api.ts";
import { dim, duration, green, say } from "./words.ts";

const PROGRAM = join(PROJECT, "bin", "prefect-ts");
const WORKER_READY_MS = 60_000;
/** A worker that is told to stop waits for its runs: this long, then it is ended. */
const WORKER_GRACE_MS = 5_000;

/** The environment of `prefect-ts` in the demo: the stack's variables, and no Prefect setting of the user's own. */
export function demoEnvironment(stack: OpenStack): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith("PREFECT_"));
  return {
    ...Object.fromEntries(inherited),
    PATH: [join(PROJECT, "node_modules", ".bin"), process.env.PATH ?? ""].join(delimiter),
    PREFECT_HOME: join(stack.folder, "prefect-home"),
    ...stack.environment(),
  };
}

/** Runs `prefect-ts` with these arguments, as a user would, and prints the command and how long it took. */
export async function runPrefectTs(stack: OpenStack, ...args: string[]): Promise<void> {
  const started = performance.now();
  await runCommand(PROGRAM, args, { cwd: PROJECT, env: demoEnvironment(stack) });
  tell(args, started);
}

/** Starts a worker for the pool in the background, and waits until the server has heard of it. */
export async function startWorker(
  stack: OpenStack,
  api: Api,
  pool: string,
  signal: AbortSignal,
): Promise<void> {
  const started = performance.now();
  const args = ["worker", "start", "--pool", pool, "--type", "process"];
  const worker = stack.startProcess({
    name: "worker",
    command: PROGRAM,
    args,
    cwd: PROJECT,
    env: demoEnvironment(stack),
    graceMs: WORKER_GRACE_MS,
  });
  const probe = async () => {
    const workers = await api.post<{ status: string }[]>(`/work_pools/${pool}/workers/filter`, {});
    if (!workers.some(({ status }) => status === "ONLINE"))
      throw new Error("the server has not heard of it yet");
  };
  await waitUntilReady(worker, probe, { timeoutMs: WORKER_READY_MS, signal });
  tell([...args, "&"], started);
}

function tell(args: readonly string[], started: number): void {
  const command = `prefect-ts ${args.join(" ")}`;
  say(`  ${green("●")} ${command.padEnd(62)} ${dim(duration(performance.now() - started))}`);
}
