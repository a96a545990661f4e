import type { JsonObject } from "./api-types.ts";

/** The types of work pool that a worker of this project serves. */
export const workPoolTypes = ["process", "kubernetes"] as const;
export type WorkPoolType = (typeof workPoolTypes)[number];

export function isWorkPoolType(type: string): type is WorkPoolType {
  return (workPoolTypes as readonly string[]).includes(type);
}

/**
 * The base job template of a pool that is created without one. Variables and their places in the job
 * configuration have Prefect's names, so that Python's workers can serve the same pool.
 */
export function defaultBaseJobTemplate(type: WorkPoolType): JsonObject {
  return type === "process" ? processTemplate() : kubernetesTemplate();
}

const text = (title: string, description: string, more: JsonObject = {}): JsonObject => ({
  title,
  description,
  default: null,
  anyOf: [{ type: "string", ...more }, { type: "null" }],
});

const number = (title: string, description: string, fallback: number | null): JsonObject => ({
  title,
  description,
  default: fallback,
  anyOf: [{ type: "integer" }, { type: "null" }],
});

function commonVariables(): JsonObject {
  return {
    name: text("Name", "Name of the process or job that a run gets. Empty: the name of the flow run."),
    env: {
      title: "Environment Variables",
      description: "Environment variables for the run, over those of the worker.",
      type: "object",
      additionalProperties: { anyOf: [{ type: "string" }, { type: "null" }] },
    },
    labels: {
      title: "Labels",
      description: "Labels for what the worker creates.",
      type: "object",
      additionalProperties: { type: "string" },
    },
    command: text("Command", "Command that executes the run. Empty (the usual case): the worker's own."),
  };
}

const commonConfiguration: JsonObject = {
  name: "{{ name }}",
  env: "{{ env }}",
  labels: "{{ labels }}",
  command: "{{ command }}",
  stream_output: "{{ stream_output }}",
};

function processTemplate(): JsonObject {
  return {
    job_configuration: { ...commonConfiguration, working_dir: "{{ working_dir }}" },
    variables: {
      type: "object",
      properties: {
        ...commonVariables(),
        stream_output: {
          title: "Stream Output",
          description: "Whether the worker passes on what the run writes to stdout and stderr.",
          type: "boolean",
          default: true,
        },
        working_dir: text("Working Directory", "Folder in which the run starts. Empty: a temporary one.", {
          format: "path",
        }),
      },
    },
  };
}

function kubernetesTemplate(): JsonObject {
  return {
    job_configuration: {
      ...commonConfiguration,
      namespace: "{{ namespace }}",
      job_manifest: kubernetesJobManifest(),
      cluster_config: "{{ cluster_config }}",
      job_watch_timeout_seconds: "{{ job_watch_timeout_seconds }}",
      pod_watch_timeout_seconds: "{{ pod_watch_timeout_seconds }}",
    },
    variables: { type: "object", properties: { ...commonVariables(), ...kubernetesVariables() } },
  };
}

function kubernetesJobManifest(): JsonObject {
  return {
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: { labels: "{{ labels }}", namespace: "{{ namespace }}", generateName: "{{ name }}-" },
    spec: {
      // A run that failed is Prefect's to retry, never Kubernetes'.
      backoffLimit: 0,
      ttlSecondsAfterFinished: "{{ finished_job_ttl }}",
      parallelism: 1,
      completions: 1,
      template: {
        spec: {
          restartPolicy: "Never",
          serviceAccountName: "{{ service_account_name }}",
          containers: [
            {
              name: "prefect-job",
              image: "{{ image }}",
              imagePullPolicy: "{{ image_pull_policy }}",
              env: "{{ env }}",
              args: "{{ command }}",
              resources: {
                requests: { cpu: "{{ cpu_request }}", memory: "{{ memory_request }}" },
                limits: { cpu: "{{ cpu_limit }}", memory: "{{ memory_limit }}" },
              },
            },
          ],
        },
      },
    },
  };
}

function kubernetesVariables(): JsonObject {
  return {
    namespace: {
      title: "Namespace",
      description: "Namespace in which the Job is created.",
      type: "string",
      default: "default",
    },
    image: text("Image", "Image of the run's container, with its tag."),
    service_account_name: text("Service Account Name", "Service account of the run's Pod."),
    image_pull_policy: {
      title: "Image Pull Policy",
      description: "When the node pulls the image.",
      type: "string",
      enum: ["IfNotPresent", "Always", "Never"],
      default: "IfNotPresent",
    },
    finished_job_ttl: number(
      "Finished Job TTL",
      "Seconds that a finished Job is kept. Empty: for ever.",
      null,
    ),
    job_watch_timeout_seconds: number(
      "Job Watch Timeout Seconds",
      "Seconds that the Job may take as a whole. Empty: no bound.",
      null,
    ),
    pod_watch_timeout_seconds: number(
      "Pod Watch Timeout Seconds",
      "Seconds that the Pod may take to start before the run is given up.",
      60,
    ),
    stream_output: {
      title: "Stream Output",
      description: "Whether the worker passes on what the Pod writes.",
      type: "boolean",
      default: true,
    },
    cluster_config: {
      title: "Cluster Config",
      description:
        "A kubectl configuration and the context to use. Empty: the cluster of the worker's own Pod.",
      default: null,
      anyOf: [{ type: "object" }, { type: "null" }],
    },
    cpu_request: text("CPU Request", "CPU that the node must have free, for example 500m."),
    cpu_limit: text("CPU Limit", "CPU that the run may use at most, for example 2."),
    memory_request: text("Memory Request", "Memory that the node must have free, for example 512Mi."),
    memory_limit: text("Memory Limit", "Memory that the run may use at most, for example 2Gi."),
  };
}
