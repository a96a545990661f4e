import schema from "./schema.json" with { type: "json" };

/** A table as a discipline's schema captions describe it. */
export interface CaptionTable {
  name: string;
  hidden: boolean;
  caption: string;
  description: string;
  fields: readonly CaptionField[];
}

interface CaptionField {
  name: string;
  type: string | null;
  hidden: boolean;
  required: boolean;
  caption: string;
  description: string;
}

const STAMPS = /^(?:Timestamp|version$|CreatedByAgentID|ModifiedByAgentID)/;

/** Captions for the tables and columns that we have of Specify, in the form of its own: words of the column's name. */
export function schemaCaptions(): CaptionTable[] {
  return Object.entries(schema as Record<string, { primaryKey: string[]; columns: Record<string, string> }>)
    .filter(([name]) => !name.includes("_"))
    .map(([name, { primaryKey, columns }]) => ({
      name,
      hidden: name.startsWith("sp"),
      caption: capital(name),
      description: `Rows of ${name}.`,
      fields: Object.entries(columns)
        .filter(([column]) => !primaryKey.includes(column) && !STAMPS.test(column))
        .map(([column, definition]) => field(column, definition)),
    }));
}

function field(column: string, definition: string): CaptionField {
  const relation = /ID$/.test(column);
  const name = relation ? column.slice(0, -2) : column;
  const caption = capital(name.replace(/(?<=[a-z])(?=[A-Z0-9])/g, " "));
  return {
    name: name.charAt(0).toLowerCase() + name.slice(1),
    type: relation ? "ManyToOne" : definition.startsWith("datetime") ? "java.util.Calendar" : null,
    hidden: /^(?:Text|Number|YesNo|Integer)\d/.test(column),
    required: definition.includes("NOT NULL"),
    caption,
    description: `${caption}.`,
  };
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
