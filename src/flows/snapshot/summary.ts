import type { UploadedObject } from "../../reports/browser-links.ts";
import { escapeMarkdown, markdownTable } from "../../reports/markdown.ts";
import { markdownObjects } from "../../reports/page-words.ts";
import type { SectionName } from "./catalog.ts";
import { countChanges, type SchemaChanges } from "./changes.ts";
import { KINDS } from "./inventory.ts";

/** Names that each list shows; all are in changes.json. */
const NAMED = 50;

/** The summary of a snapshot for Prefect's artifact: counts, what changed, and where the files are. */
export function snapshotMarkdown(
  changes: SchemaChanges,
  counts: Record<SectionName, number>,
  uploaded: readonly UploadedObject[],
): string {
  const { source, previous } = changes;
  const where = escapeMarkdown(`${source.service_name} at ${source.host}:${source.port}`);
  const parts = [
    "# Oracle Schema Snapshot",
    `${where}, ${changes.generated_at_utc}. ${inWords(changes)}`,
    markdownTable(
      ["", "now", "came", "went", "changed"],
      KINDS.map((kind) => {
        const { came, went, changed } = changes.counts[kind];
        return [kind, counts[kind], ...(previous === null ? ["", "", ""] : [came, went, changed])];
      }),
    ),
  ];
  for (const kind of KINDS) {
    const { came, went, changed } = changes[kind];
    parts.push(
      ...list(`New ${kind}`, came),
      ...list(`${kind} that went`, went),
      ...list(
        `Changed ${kind}`,
        changed.map(({ name, was, is }) => `${name}: ${fieldsInWords(was, is)}`),
      ),
    );
  }
  parts.push("## Files", markdownObjects(uploaded));
  return `${parts.join("\n\n")}\n`;
}

/** One sentence about the changes. */
export function inWords(changes: SchemaChanges): string {
  if (changes.previous === null)
    return "It is the first snapshot of this database: there is nothing to compare with.";
  const count = countChanges(changes);
  const since = `since the snapshot of ${changes.previous}`;
  return count === 0 ? `Nothing has changed ${since}.` : `${count.toLocaleString("en-US")} changes ${since}.`;
}

function list(title: string, names: readonly string[]): string[] {
  if (names.length === 0) return [];
  const lines = names.slice(0, NAMED).map((name) => `- ${escapeMarkdown(name)}`);
  if (names.length > NAMED) lines.push(`- … and ${names.length - NAMED} more, in changes.json`);
  return [`## ${title[0]?.toUpperCase()}${title.slice(1)}`, lines.join("\n")];
}

function fieldsInWords(was: Record<string, string>, is: Record<string, string>): string {
  return Object.keys(was)
    .map((field) => `${field} ${was[field] || "nothing"} → ${is[field] || "nothing"}`)
    .join(", ");
}
