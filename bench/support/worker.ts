import { mkdirSync, readFileSync, statSync } from "node:fs";
import { delimiter, join } from "node:path";
import type { Stack } from "../../dev/stack/index.ts";
import { PROJECT } from "../../dev/stack/install/cache.ts";
import type { ServiceProcess } from "../../dev/stack/service-process.ts";
import { until } from "./wait.ts";

/** How a contestant's worker is started. */
export interface WorkerCommand {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Record<string, string>;
}

/** A worker that runs. */
export interface WorkerProcess {
  /** The worker itself, without the processes it has started. */
  readonly pid: number;
  /** `performance.now()` just before it was spawned. */
  readonly spawnedAt: number;
  /** Waits until it says that it has started. */
  started(): Promise<void>;
  /** @throws Error with the last lines of its log when it has ended */
  assertRunning(): void;
  /** Tells it to stop, and waits until it has. */
  stop(): Promise<void>;
}

const START_MS = 120_000;
const STOP_GRACE_MS = 15_000;

/** Starts a worker as a user would, with no Prefect setting of the user's own, stopped with the stack at the latest. */
export function startWorker(
  stack: Stack<"prefect">,
  { name, command, args, env }: WorkerCommand,
  signal: AbortSignal,
): WorkerProcess {
  const home = join(stack.folder, `home-${name}`);
  mkdirSync(home, { recursive: true });
  const inherited = Object.entries(process.env).filter(([key]) => !key.startsWith("PREFECT_"));
  const log = join(stack.folder, "logs", `${name}.log`);
  const before = statSync(log, { throwIfNoEntry: false })?.size ?? 0;
  const spawnedAt = performance.now();
  const service: ServiceProcess = stack.startProcess({
    name,
    command,
    args,
    cwd: home,
    env: {
      ...Object.fromEntries(inherited),
      PATH: [join(PROJECT, "node_modules", ".bin"), process.env.PATH ?? ""].join(delimiter),
      NO_COLOR: "1",
      PREFECT_HOME: home,
      ...stack.env,
      ...env,
    },
    graceMs: STOP_GRACE_MS,
  });
  const assertRunning = () => {
    const ended = service.ended();
    if (ended !== undefined) throw new Error(`${name} ended (${ended}):\n${service.lastLines()}`);
  };
  return {
    pid: service.pid,
    spawnedAt,
    assertRunning,
    started: async () => {
      const look = () => {
        assertRunning();
        return readFileSync(log).subarray(before).includes(" started!");
      };
      await until(`${name} has started`, look, { signal, timeoutMs: START_MS });
    },
    stop: () => service.stop(),
  };
}
