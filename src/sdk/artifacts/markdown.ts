import { createArtifact, type Described } from "./artifact.ts";

export interface MarkdownArtifact extends Described {
  markdown: string;
}

/**
 * Makes a markdown artifact of the current run. Gives its id, or undefined without a server.
 *
 * ```ts
 * await createMarkdownArtifact({ key: "summary", markdown: "# 2 records\n\nNo errors." });
 * ```
 */
export function createMarkdownArtifact({
  markdown,
  ...described
}: MarkdownArtifact): Promise<string | undefined> {
  return createArtifact({ ...described, type: "markdown", data: markdown });
}
