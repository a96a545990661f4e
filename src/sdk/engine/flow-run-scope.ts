import { randomUUID } from "node:crypto";
import { DEFAULT_CANCEL_GRACE } from "../cancellation.ts";
import { currentScope, type FlowRunScope } from "../context.ts";
import { runSettings } from "../process-settings.ts";
import { consoleRecorder } from "../recorder/console-recorder.ts";
import { OpenRuns } from "./open-runs.ts";
import { Suspension } from "./suspension.ts";

type Given = Pick<FlowRunScope, "flowName" | "flowRunName" | "parameters" | "recorder"> &
  Partial<Omit<FlowRunScope, "logPrints">> & {
    /** Default: as the flow that calls it, else as the settings say. */
    logPrints?: boolean | undefined;
  };

/** What code of a flow run, its function and its hooks, runs in. */
export function flowRunScope(given: Given): FlowRunScope {
  const parent = currentScope()?.flowRun;
  return {
    parent,
    flowRunId: undefined,
    runKey: given.flowRunId ?? randomUUID(),
    runCount: 1,
    signal: new AbortController().signal,
    cancelGrace: DEFAULT_CANCEL_GRACE,
    resultOptions: {},
    taskCalls: new Map(),
    place: "",
    results: new WeakMap(),
    open: new OpenRuns(),
    pauses: 0,
    suspension: new Suspension(),
    ...given,
    logPrints: given.logPrints ?? parent?.logPrints ?? runSettings().logging.prints,
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
