import { randomUUID } from "node:crypto";
import { DEFAULT_CANCEL_GRACE } from "../cancellation.ts";
import { currentScope, type FlowRunScope } from "../context.ts";
import { consoleRecorder } from "../recorder/console-recorder.ts";
import { OpenRuns } from "./open-runs.ts";
import { Suspension } from "./suspension.ts";

type Given = Pick<FlowRunScope, "flowName" | "flowRunName" | "parameters" | "recorder"> &
  Partial<FlowRunScope>;

/** What code of a flow run, its function and its hooks, runs in. */
export function flowRunScope(given: Given): FlowRunScope {
  return {
    parent: currentScope()?.flowRun,
    flowRunId: undefined,
    runKey: given.flowRunId ?? randomUUID(),
    runCount: 1,
    signal: new AbortController().signal,
    cancelGrace: DEFAULT_CANCEL_GRACE,
    logPrints: false,
    resultOptions: {},
    taskCalls: new Map(),
    results: new WeakMap(),
    open: new OpenRuns(),
    pauses: 0,
    suspension: new Suspension(),
    ...given,
  };
}

/** For a task called outside of any flow: it runs as itself. */
export function loneFlowRun(name: string): FlowRunScope {
  const flowRunName = `${name} ${randomUUID().slice(0, 8)}`;
  return flowRunScope({
    flowName: name,
    flowRunName,
    parameters: {},
    recorder: consoleRecorder(flowRunName),
  });
}
