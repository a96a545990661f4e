import type { Deployment, FlowRun } from "../../prefect/api-types.ts";

const TAG = "prefect.tag.";

/** Something that an event has to do with, besides what it is about. */
export type RelatedResource = Record<string, string>;

/** What the flow run itself does not tell. Undefined where it is not known: the server is not asked for it. */
export interface RunOrigin {
  flowName: string | undefined;
  deployment?: Pick<Deployment, "name" | "tags"> | undefined;
}

/**
 * What every event of a run is related to: the run, its flow, deployment, work queue and work pool, and the tags of run and
 * deployment (`related_resources_from_run_context` in `src/prefect/events/related.py`).
 */
export function relatedToRun(flowRun: FlowRun, { flowName, deployment }: RunOrigin): RelatedResource[] {
  const { deployment_id: deploymentId, work_queue_id: queueId, work_pool_id: poolId } = flowRun;
  return [
    named("flow-run", flowRun.id, flowRun.name ?? ""),
    named("flow", flowRun.flow_id, flowName),
    ...(deploymentId ? [named("deployment", deploymentId, deployment?.name)] : []),
    ...(queueId ? [named("work-queue", queueId, flowRun.work_queue_name)] : []),
    ...(poolId ? [named("work-pool", poolId, flowRun.work_pool_name)] : []),
    ...relatedTags([...(flowRun.tags ?? []), ...(deployment?.tags ?? [])]),
  ];
}

/** What an event within a task run is related to: also the task run, and its tags among those of the flow run. */
export function relatedToTaskRun(
  related: readonly RelatedResource[],
  { id, name, tags }: { id: string; name: string; tags: readonly string[] },
): RelatedResource[] {
  const [flowRun, ...others] = related.filter((one) => one["prefect.resource.role"] !== "tag");
  const ofFlowRun = related.flatMap(({ "prefect.resource.id": tag }) =>
    tag?.startsWith(TAG) ? [tag.slice(TAG.length)] : [],
  );
  return [
    ...(flowRun === undefined ? [] : [flowRun]),
    named("task-run", id, name),
    ...others,
    ...relatedTags([...ofFlowRun, ...tags]),
  ];
}

/** Sorted, each once. */
export function relatedTags(tags: readonly string[]): RelatedResource[] {
  return [...new Set(tags)]
    .sort()
    .map((tag) => ({ "prefect.resource.id": `${TAG}${tag}`, "prefect.resource.role": "tag" }));
}

/** What an event has of its own, and what it has from its run: nothing twice, and not what it is itself about. */
export function mergeRelated(
  own: readonly RelatedResource[],
  ofRun: readonly RelatedResource[],
  about?: string,
): RelatedResource[] {
  const known = new Set([about, ...own.map((one) => one["prefect.resource.id"])]);
  return [...own, ...ofRun.filter((one) => !known.has(one["prefect.resource.id"]))];
}

function named(role: string, id: string, name: string | null | undefined): RelatedResource {
  return {
    "prefect.resource.id": `prefect.${role}.${id}`,
    "prefect.resource.role": role,
    ...(typeof name === "string" && { "prefect.resource.name": name }),
  };
}
