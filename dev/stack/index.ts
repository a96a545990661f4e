import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Closers } from "./closers.ts";
import type { Progress, StackContext } from "./context.ts";
import { environmentFor } from "./environment.ts";
import type { ServiceName } from "./existing.ts";
import { type GitService, startGit } from "./git.ts";
import { startGuard } from "./guard.ts";
import { type MariadbServer, startMariadb } from "./mariadb.ts";
import { type OracleSettings, startOracle } from "./oracle.ts";
import { type PrefectOptions, type PrefectServer, startPrefect } from "./prefect.ts";
import { type S3Settings, startS3 } from "./s3.ts";
import { type ServiceCommand, type ServiceProcess, startServiceProcess } from "./service-process.ts";

export interface StackOptions {
  /** A folder for data and logs instead of a temporary one; made where it is missing. */
  dir?: string;
  /** Leaves that folder when the stack is closed. */
  keep?: boolean;
  /** Told what goes on: installing, starting, ready. */
  onProgress?: Progress;
  /** For the Prefect server. */
  prefect?: PrefectOptions;
}

/** The services of a stack by name, as they are when started. */
export interface Services {
  prefect: PrefectServer;
  mariadb: MariadbServer;
  s3: S3Settings;
  oracle: OracleSettings;
  git: GitService;
}

/** A stack whose services are started when they are first asked for. */
export interface OpenStack {
  /** Data and logs of all services (`logs/NAME.log`). */
  readonly folder: string;
  /**
   * Starts these services, those that don't run yet at the same time, and gives them.
   * @throws Error when one does not start; the whole stack is closed then
   */
  ensure<Name extends ServiceName>(...names: Name[]): Promise<Pick<Services, Name>>;
  /** Starts another process with the stack, e.g. a worker: logged, guarded, and stopped before the services. */
  startProcess(command: ServiceCommand): ServiceProcess;
  /** The variables for the worker and the flows, for what has been started so far. */
  environment(): Record<string, string>;
  /** Stops everything, the latest first, and removes the folder. Safe to call twice. */
  close(): Promise<void>;
}

/** A started stack: `stack.prefect`, `stack.mariadb` and so on, and `env` with the variables for worker and flows. */
export type Stack<Name extends ServiceName = ServiceName> = Pick<Services, Name> & {
  readonly folder: string;
  readonly env: Record<string, string>;
  startProcess(command: ServiceCommand): ServiceProcess;
  close(): Promise<void>;
};

const ALL: readonly ServiceName[] = ["prefect", "mariadb", "s3", "oracle", "git"];

/**
 * Starts the local stack, or the services of it that are named: each an existing one, a container or a local process.
 * @throws Error when a service does not start; whatever had been started is stopped again
 */
export async function startStack<Name extends ServiceName = ServiceName>(
  options: StackOptions & { services?: readonly Name[] } = {},
): Promise<Stack<Name>> {
  const stack = await openStack(options);
  const started = await stack.ensure(...((options.services ?? ALL) as readonly Name[]));
  const { folder, startProcess, close } = stack;
  return { ...started, folder, env: stack.environment(), startProcess, close };
}

/** Makes an empty stack, whose services start when `ensure` names them. */
export async function openStack(options: StackOptions = {}): Promise<OpenStack> {
  const giveUp = new AbortController();
  const closers = new Closers();
  const guard = startGuard();
  const folder = await makeFolder(options, closers);
  if (!options.keep) guard.remove(folder);
  const context: StackContext = {
    folder,
    guard,
    closers,
    signal: giveUp.signal,
    progress: options.onProgress ?? (() => undefined),
  };
  const starters: { [Name in ServiceName]: () => Promise<Services[Name]> } = {
    prefect: () => startPrefect(context, options.prefect),
    mariadb: () => startMariadb(context),
    s3: () => startS3(context),
    oracle: () => startOracle(context),
    git: () => startGit(context),
  };
  const starting = new Map<ServiceName, Promise<unknown>>();
  const started: Partial<Services> = {};
  let closed: Promise<void> | undefined;

  const start = async <Name extends ServiceName>(name: Name) => {
    const since = performance.now();
    const service = await starters[name]();
    started[name] = service as Services[Name];
    context.progress(name, `ready after ${((performance.now() - since) / 1000).toFixed(1)} s`);
  };
  const close = () => {
    closed ??= (async () => {
      giveUp.abort(new Error("the local stack is being closed"));
      // What is still starting notices, and has then registered all that is to be stopped.
      await Promise.allSettled(starting.values());
      await closers.close().finally(() => guard.leave());
    })();
    return closed;
  };
  return {
    folder,
    ensure: async (...names) => {
      if (closed)
        throw new Error(`the local stack has been closed: ${names.join(", ")} can't be started any more`);
      for (const name of names) if (!starting.has(name)) starting.set(name, start(name));
      try {
        await Promise.all(names.map((name) => starting.get(name)));
      } catch (error) {
        await close();
        throw error;
      }
      return started as Services;
    },
    startProcess: (command) => startServiceProcess(context, command),
    environment: () => environmentFor(started),
    close,
  };
}

async function makeFolder(options: StackOptions, closers: Closers): Promise<string> {
  const folder = options.dir ?? (await mkdtemp(join(tmpdir(), "prefect-ts-stack-")));
  await mkdir(folder, { recursive: true });
  if (!options.keep) closers.add("folder", () => rm(folder, { recursive: true, force: true }));
  return folder;
}
