import { currentScope } from "./context.ts";
import type { Artifact } from "./recorder/recorder.ts";

interface Described {
  /** Lower-case letters, numbers and dashes; the same key again makes a new version. */
  key: string;
  description?: string;
}
export interface MarkdownArtifact extends Described {
  markdown: string;
}
export interface TableArtifact extends Described {
  /** One object a row, its keys are the columns. */
  table: Record<string, unknown>[];
}
export interface LinkArtifact extends Described {
  link: string;
  linkText?: string;
}

/** Makes a markdown artifact of the current run (`POST /artifacts/`). Gives its id, or undefined without a server. */
export function createMarkdownArtifact({ markdown, ...rest }: MarkdownArtifact): Promise<string | undefined> {
  return create({ ...rest, type: "markdown", data: markdown });
}

/** Makes a table artifact of the current run. Gives its id, or undefined without a server. */
export function createTableArtifact({ table, ...rest }: TableArtifact): Promise<string | undefined> {
  return create({ ...rest, type: "table", data: JSON.stringify(table) });
}

/** Makes a link, shown as markdown like Prefect's own. Gives the artifact's id, or undefined without a server. */
export function createLinkArtifact({ link, linkText, ...rest }: LinkArtifact): Promise<string | undefined> {
  return create({ ...rest, type: "link", data: `[${linkText ?? link}](${link})` });
}

async function create(artifact: Artifact): Promise<string | undefined> {
  if (!/^[a-z0-9-]+$/.test(artifact.key)) {
    throw new TypeError(
      `Artifact key "${artifact.key}" is not allowed: use lower-case letters, numbers and dashes only.`,
    );
  }
  const scope = currentScope();
  if (scope === undefined) return undefined;
  return scope.flowRun.recorder.createArtifact({
    ...artifact,
    ...(scope.taskRun && { taskRunId: scope.taskRun.id }),
  });
}
