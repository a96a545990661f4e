import { randomUUID } from "node:crypto";
import type { Scope } from "../context.ts";
import { policyDelays } from "../delays.ts";
import type { HookTaskRun } from "../hooks.ts";
import { type LevelName, levels, type TaskRun } from "../recorder/recorder.ts";
import { State } from "../states.ts";
import { withCurrentTags } from "../tags.ts";
import type { RunInput } from "./run-inputs.ts";
import type { TaskDefinition } from "./task-definition.ts";

/** One task run as it goes from state to state; each step is told to the recorder. */
export class TaskRunRecord {
  readonly taskRun: TaskRun;
  state: State;
  readonly #flowRun: Scope["flowRun"];
  #startedAt = 0;

  constructor({ options }: TaskDefinition, inputs: Record<string, RunInput[]>, flowRun: Scope["flowRun"]) {
    const call = flowRun.taskCalls.get(options.name) ?? 0;
    flowRun.taskCalls.set(options.name, call + 1);
    const id = randomUUID();
    this.#flowRun = flowRun;
    this.state = this.#own(new State("PENDING", "Pending"), id);
    this.taskRun = {
      id,
      name: `${options.name}-${call}`,
      taskKey: options.name,
      // Not the number: a further try of the flow makes task runs of its own.
      dynamicKey: id,
      tags: withCurrentTags(options.tags ?? []),
      retries: options.retries ?? 0,
      retryDelaySeconds: policyDelays(options.retryDelaySeconds ?? 0, options.retries ?? 0),
      retryJitterFactor: options.retryJitterFactor ?? null,
      inputs,
      flowRunCount: flowRun.runCount,
      runCount: 0,
      expectedStart: this.state.micros,
      runTime: 0,
    };
    flowRun.recorder.taskRunChanged(this.taskRun, undefined, this.state);
  }

  get forHooks(): HookTaskRun {
    const { id, name, taskKey, runCount, tags } = this.taskRun;
    return { id, name, taskName: taskKey, runCount, tags };
  }

  to(next: State): void {
    // Told to have crashed with its flow, its function may still go on and end.
    if (this.state.isFinal()) return;
    const { taskRun } = this;
    const before = this.state;
    if (before.type === "RUNNING") taskRun.runTime += performance.now() - this.#startedAt;
    if (next.type === "RUNNING") {
      this.#startedAt = performance.now();
      taskRun.start ??= next.micros;
      taskRun.runCount += 1;
    }
    if (next.isFinal()) taskRun.end = next.micros;
    this.state = this.#own(next, taskRun.id);
    this.#flowRun.recorder.taskRunChanged(taskRun, before, next);
  }

  log(level: LevelName, message: string): void {
    this.#flowRun.recorder.log({
      level: levels[level],
      message,
      name: "prefect.task_runs",
      timestamp: new Date(),
      taskRun: this.taskRun,
    });
  }

  #own(state: State, id: string): State {
    state.taskRunId = id;
    state.flowRunId = this.#flowRun.flowRunId;
    return state;
  }
}
