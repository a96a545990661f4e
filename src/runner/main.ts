/**
 * The child process of one flow run. It says `ready`, waits for its assignment over IPC, runs it once and leaves a
 * receipt. It is an entry of its own, so it may end its process: a flow that leaves sockets open must not keep it alive.
 */
import { flushCompileCache } from "node:module";
import { setTimeout as delay } from "node:timers/promises";
import { inspect } from "node:util";
import { markUsed } from "../git/storage-upkeep.ts";
import { giveBackMemory } from "../node/give-back-memory.ts";
import { CancelledError } from "../sdk/cancellation.ts";
import { forgetProcessSettings } from "../sdk/process-settings.ts";
import { captureConsole } from "./console.ts";
import { RunExecution } from "./execute.ts";
import type { Assignment, FromRunner, HookState, Receipt, ToRunner } from "./messages.ts";
import { preloadLibraries, preloadSdk } from "./preload.ts";

/** Milliseconds after which a process that nobody has taken loads what every run needs. */
const SETTLED = 300;
/** And after which it is idle: while runs queue up it waits half a second or a second to be taken. */
const IDLE = 1_200;
/** Milliseconds between two marks of the run's folder as used. */
const KEEP_EVERY = 15 * 60_000;

const NOT_AWAITED = ". Was an await forgotten?";

const cancel = new AbortController();
const go = Promise.withResolvers<void>();
// Nobody may be waiting yet when the claim is refused.
go.promise.catch(() => undefined);
let execution: RunExecution | undefined;
let dying = false;

process.on("message", (message: ToRunner) => {
  if (message.type === "prepare") void run(message.assignment);
  else if (message.type === "hooks") void callHooks(message.assignment, message.state);
  else if (message.type === "go") go.resolve();
  else if (message.type === "suspend") execution?.suspend();
  else cancel.abort(new CancelledError(message.reason));
});
// The worker is gone: without it a run that was not claimed must not start; one that runs goes on and ends by itself.
process.on("disconnect", () => {
  go.reject(new Error("the worker went away before the run was claimed"));
  if (execution === undefined) process.exit(0);
  execution.carryOnAlone((reason) => cancel.abort(new CancelledError(reason)));
});
// With the worker goes the reader of what is printed. A run does not end for that: its logs go to the server.
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => undefined);
process.on("uncaughtException", (error) => void dieOf("uncaught exception", error));
process.on("unhandledRejection", (error) => void dieOf("unhandled rejection", error, NOT_AWAITED));
captureConsole();
send({ type: "ready" });
// What is under way when the run comes is not waited for.
const busy = new AbortController();
setImmediate(() => void whileIdle());

async function run(assignment: Assignment): Promise<void> {
  execution = take(assignment);
  try {
    await leave(await execution.run(go.promise, (loaded) => send({ type: "loaded", ...loaded })), 0);
  } catch (error) {
    dieUntold("its end", error);
  }
}

async function callHooks(assignment: Assignment, state: HookState): Promise<void> {
  execution = take(assignment);
  await leave(await execution.callHooks(state), 0);
}

/**
 * A process that waits may as well load what its run will need, and keep for the next process what was compiled. Not at
 * once: while runs queue up it is about to be taken, and they need the processor more.
 */
async function whileIdle(): Promise<void> {
  const preloads = process.env.PREFECT_TS_WORKER_PRELOAD !== "false";
  const isFree = async (milliseconds: number) => {
    await delay(milliseconds, undefined, { signal: busy.signal }).catch(() => undefined);
    return !busy.signal.aborted;
  };
  if ((await isFree(SETTLED)) && preloads) await preloadSdk(busy.signal);
  if ((await isFree(IDLE)) && preloads) await preloadLibraries(busy.signal);
  if (!busy.signal.aborted) flushCompileCache();
  if (!busy.signal.aborted) giveBackMemory();
}

function take(assignment: Assignment): RunExecution {
  busy.abort();
  Object.assign(process.env, assignment.env);
  // An idle process may have read its own.
  forgetProcessSettings();
  // A worker on another machine that shares this storage sees by it that the folder is at work.
  const keep = () => void markUsed(assignment.runDirectory).catch(() => undefined);
  setInterval(keep, KEEP_EVERY).unref();
  return new RunExecution(assignment, cancel.signal);
}

/** Code of the flow threw where nobody could catch it: the run ends as Crashed, with the reason in its log. */
async function dieOf(what: string, error: unknown, hint = ""): Promise<void> {
  if (execution === undefined) {
    process.stderr.write(`${what}: ${inspect(error)}\n`);
    process.exit(1);
  }
  if (execution.isEnding && !dying) {
    execution.log("error", `At its end the flow run's process had an ${what}: ${inspect(error)}`);
    return;
  }
  execution.log("critical", `The flow run's process had an ${what}: ${inspect(error)}`);
  // The first one ends the run. What goes wrong while it is told must not begin that anew, without end.
  if (dying) return;
  dying = true;
  const text = error instanceof Error ? `${error.name}: ${error.message}` : inspect(error);
  try {
    await leave(await execution.crash(`The flow run's process ended by an ${what}: ${text}${hint}`), 1);
  } catch (cause) {
    dieUntold(`an ${what} (${text})`, cause);
  }
}

/** The server does not take the run's end from this process. The worker, seeing no receipt, tells it again. */
function dieUntold(what: string, error: unknown): never {
  process.stderr.write(`The Prefect server could not be told of ${what}: ${inspect(error)}\n`);
  process.exit(1);
}

async function leave(receipt: Receipt, code: number): Promise<void> {
  await execution?.close();
  if (process.connected) await new Promise<void>((resolve) => send({ type: "receipt", receipt }, resolve));
  process.exit(code);
}

function send(message: FromRunner, done: () => void = () => undefined): void {
  process.send?.(message, undefined, undefined, () => done());
}
