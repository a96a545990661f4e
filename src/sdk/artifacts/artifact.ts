import { currentScope } from "../context.ts";
import { runEvent } from "../events/run-event.ts";

/** What every kind of artifact has. */
export interface Described {
  /**
   * Lower-case letters, numbers and dashes. The same key again makes a new version, and the UI's page of artifacts
   * shows keys: an artifact without one is seen on its run only.
   */
  key?: string;
  /** Markdown that is shown above the artifact. */
  description?: string;
}

/** An artifact as `POST /artifacts/` takes it. */
interface NewArtifact extends Described {
  type: "markdown" | "table" | "image" | "progress";
  data: string | number;
}

/**
 * Makes an artifact of the current run, and of the task run if there is one (`Artifact.create` in `src/prefect/artifacts.py`).
 * @returns its id; undefined where the flow runs without a server
 * @throws TypeError when the key is not allowed
 */
export async function createArtifact(artifact: NewArtifact): Promise<string | undefined> {
  const { key, type, description } = artifact;
  if (key !== undefined && !/^[a-z0-9-]+$/.test(key)) {
    throw new TypeError(
      `Artifact key "${key}" is not allowed: use lower-case letters, numbers and dashes only.`,
    );
  }
  const scope = currentScope();
  const server = scope?.flowRun.recorder.server;
  if (server === undefined) return undefined;
  const created = await server.client.createArtifact({
    ...artifact,
    flow_run_id: server.flowRun.id,
    ...(scope?.taskRun && { task_run_id: scope.taskRun.id }),
  });
  server.emit(
    runEvent(server, {
      event: "prefect.artifact.created",
      resource: {
        "prefect.resource.id": `prefect.artifact.${created.id}`,
        ...(key !== undefined && { "prefect.resource.name": key }),
      },
      payload: { key: key ?? null, type, description: description ?? null },
    }),
  );
  return created.id;
}
