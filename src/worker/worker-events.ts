import { randomUUID } from "node:crypto";
import { constants } from "node:os";
import type { Deployment, FlowRun, WorkPool } from "../prefect/api-types.ts";
import type { OutgoingEvent } from "../prefect/outgoing-event.ts";
import type { Exit } from "./process/exit-codes.ts";

type Resource = Record<string, string>;

/** Who a run is, for the related resources of its events. */
export interface RunResources {
  flowRun: FlowRun;
  flowName: string;
  deployment: Deployment | undefined;
}

/** A process of a run that has ended. */
export interface EndedProcess {
  /** `host:pid`. */
  identifier: string;
  exit: Exit;
}

export interface WorkerEventSource {
  emit: (event: OutgoingEvent) => void;
  worker: { name: string; type: string; version: string };
  pool: () => WorkPool;
}

/**
 * What a worker tells of itself: `prefect.worker.started`, `.stopped`, `.submitted-flow-run`, `.executed-flow-run`, with the
 * resources that Prefect's worker gives (`src/prefect/workers/base.py`, `_emit_*`). Nothing waits for them.
 */
export class WorkerEvents {
  #source: WorkerEventSource;
  #started: OutgoingEvent | undefined;

  constructor(source: WorkerEventSource) {
    this.#source = source;
  }

  started(): void {
    this.#started = this.#emit("prefect.worker.started", [this.#pool()]);
  }

  stopped(): void {
    this.#emit("prefect.worker.stopped", [this.#pool()], this.#started);
  }

  /** @returns the event, which `executed` follows */
  submitted(run: RunResources): OutgoingEvent {
    return this.#emit("prefect.worker.submitted-flow-run", [...relatedTo(run), this.#pool()]);
  }

  executed(run: RunResources, ended: EndedProcess, submitted: OutgoingEvent | undefined): void {
    const infrastructure = {
      "prefect.infrastructure.identifier": ended.identifier,
      "prefect.infrastructure.status-code": String(statusCode(ended.exit)),
    };
    const related = relatedTo(run).map((resource) =>
      resource["prefect.resource.role"] === "flow-run" ? { ...resource, ...infrastructure } : resource,
    );
    this.#emit("prefect.worker.executed-flow-run", [...related, this.#pool()], submitted);
  }

  /** That a run which it has claimed is still being made ready: its own process tells so only once it is Running. */
  heartbeat({ id, name, flow_id }: FlowRun): void {
    this.#source.emit({
      id: randomUUID(),
      occurred: new Date().toISOString(),
      event: "prefect.flow-run.heartbeat",
      resource: { "prefect.resource.id": `prefect.flow-run.${id}`, "prefect.resource.name": name ?? id },
      related: [
        { "prefect.resource.id": `prefect.flow.${flow_id}`, "prefect.resource.role": "flow" },
        this.#pool(),
      ],
      payload: {},
    });
  }

  #pool(): Resource {
    return related("work-pool", this.#source.pool());
  }

  #emit(event: string, relatedResources: Resource[], follows?: OutgoingEvent): OutgoingEvent {
    const { name, type, version } = this.#source.worker;
    const made: OutgoingEvent = {
      id: randomUUID(),
      occurred: new Date().toISOString(),
      event,
      resource: {
        "prefect.resource.id": `prefect.worker.${type}.${slug(name)}`,
        "prefect.resource.name": name,
        "prefect.version": version,
        "prefect.worker-type": type,
      },
      related: relatedResources,
      payload: {},
      ...(follows && { follows: follows.id }),
    };
    this.#source.emit(made);
    return made;
  }
}

function related(role: string, object: { id: string; name: string }): Resource {
  return {
    "prefect.resource.id": `prefect.${role}.${object.id}`,
    "prefect.resource.role": role,
    "prefect.resource.name": object.name,
  };
}

/** Deployment, flow, run and the tags of all. */
function relatedTo({ flowRun, flowName, deployment }: RunResources): Resource[] {
  const tags = new Set([...(deployment?.tags ?? []), ...(flowRun.tags ?? [])]);
  return [
    ...(deployment ? [related("deployment", deployment)] : []),
    related("flow", { id: flowRun.flow_id, name: flowName }),
    related("flow-run", { id: flowRun.id, name: flowRun.name ?? flowRun.id }),
    ...[...tags].sort().map((tag) => ({
      "prefect.resource.id": `prefect.tag.${tag}`,
      "prefect.resource.role": "tag",
    })),
  ];
}

/** As Python gives it: the exit code, or the signal's number below zero. */
function statusCode({ code, signal }: Exit): number {
  return signal === null ? (code ?? 0) : -constants.signals[signal];
}

/** `ProcessWorker A-1` becomes `processworker-a-1`. */
function slug(name: string): string {
  const plain = name
    .normalize("NFKD")
    .replace(/\p{Mark}/gu, "")
    .toLowerCase();
  return plain.replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "");
}
