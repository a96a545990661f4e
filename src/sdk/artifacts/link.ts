import { createArtifact, type Described } from "./artifact.ts";

export interface LinkArtifact extends Described {
  link: string;
  /** Shown in the link's place. */
  linkText?: string;
}

/**
 * Makes a link, which is a markdown artifact as Prefect's own. Gives its id, or undefined without a server.
 *
 * ```ts
 * await createLinkArtifact({ key: "report", link: "https://example.org/report.html", linkText: "Report" });
 * ```
 */
export function createLinkArtifact({
  link,
  linkText,
  ...described
}: LinkArtifact): Promise<string | undefined> {
  return createArtifact({ ...described, type: "markdown", data: `[${linkText ?? link}](${link})` });
}
