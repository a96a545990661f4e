import { LINK_DAYS, type UploadedObject } from "./browser-links.ts";
import { escapeMarkdown } from "./markdown.ts";

/** Error lines that Prefect's artifact shows; the report has them all. */
const SHOWN = 20;

/** "20260410T145733Z" as "2026-04-10 14:57:33 UTC". */
export function readableMoment(timestamp: string): string {
  return timestamp.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, "$1-$2-$3 $4:$5:$6 UTC");
}

/** A Markdown section of the first lines; nothing when there are none. */
export function markdownLines(title: string, lines: readonly string[]): string[] {
  if (lines.length === 0) return [];
  const shown = lines.slice(0, SHOWN).map((line) => `- ${escapeMarkdown(line)}`);
  return [`## ${title}`, shown.join("\n")];
}

/** Where the report was uploaded to, as a Markdown section. */
export function markdownLinks(uploaded: readonly UploadedObject[]): string {
  if (uploaded.length === 0) return "The report was not uploaded: `S3_BUCKET` is not set.";
  return `## Report\n\n${markdownObjects(uploaded)}`;
}

/** Uploaded objects as a Markdown list, with links that a browser can open. */
export function markdownObjects(uploaded: readonly UploadedObject[]): string {
  const lines = uploaded.map(({ address, link }) =>
    link === undefined ? `- ${escapeMarkdown(address)}` : `- [${escapeMarkdown(address)}](${link})`,
  );
  if (uploaded.every(({ link }) => link === undefined)) return lines.join("\n");
  return `${lines.join("\n")}\n\nThe links hold for ${LINK_DAYS} days, where the storage's host can be reached; the addresses stay.`;
}
