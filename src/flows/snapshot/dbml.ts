import type { ModelReference, ModelTable, SchemaModel } from "./model.ts";

/**
 * The schema as DBML (dbml.org), piece by piece: a table as `Table "OWNER"."NAME"`, a foreign key as one `Ref`, composite where
 * the key is. Every name and type is quoted, since Oracle allows in them what DBML reads as syntax. What DBML does not
 * allow (a second reference between the same columns, one from columns to themselves) is left out and named in a comment.
 */
export function* dbml(model: SchemaModel): Generator<string> {
  yield "// Generated from Oracle's data dictionary (ALL_* views)\n";
  for (const table of model.tables) yield `\n${tableText(table)}`;
  const known = new Map<string, string>();
  yield "\n";
  for (const reference of model.references) {
    const left = leftOut(reference, known);
    if (left === undefined) yield referenceText(reference);
    else yield `// ${comment(reference.name)} is left out: ${left}\n`;
  }
  if (model.unresolved > 0)
    yield `// ${model.unresolved} foreign keys refer to tables that this account may not see\n`;
}

/** Why DBML cannot have a reference; `known` are those before it, by their ends. */
function leftOut(reference: ModelReference, known: Map<string, string>): string | undefined {
  const { from, columns, name } = reference;
  const ends = endpoints(reference);
  if (ends[0] === ends[1]) {
    return `it joins ${comment(`${from.owner}.${from.name} (${columns.join(", ")})`)} with itself`;
  }
  const before = known.get(ends.join(" "));
  if (before !== undefined) return `it joins the same columns as ${comment(before)}`;
  known.set(ends.join(" "), name);
  return undefined;
}

function tableText(table: ModelTable): string {
  const { primaryKey, uniqueKeys } = table;
  const lines = table.columns.map(({ name, type, nullable }) => {
    const settings: string[] = [];
    if (primaryKey.length === 1 && primaryKey[0] === name) settings.push("pk");
    if (!nullable) settings.push("not null");
    if (uniqueKeys.some((key) => key.length === 1 && key[0] === name)) settings.push("unique");
    return `  ${quoted(name)} ${quoted(type)}${settings.length === 0 ? "" : ` [${settings.join(", ")}]`}\n`;
  });
  const keys = [
    ...(primaryKey.length > 1 ? [`    ${columnList(primaryKey)} [pk]\n`] : []),
    ...uniqueKeys.filter((key) => key.length > 1).map((key) => `    ${columnList(key)} [unique]\n`),
  ];
  const indexes = keys.length === 0 ? "" : `\n  indexes {\n${keys.join("")}  }\n`;
  return `Table ${quoted(table.owner)}.${quoted(table.name)} {\n${lines.join("")}${indexes}}\n`;
}

function referenceText({ name, from, columns, to, toColumns }: ModelReference): string {
  return `Ref ${quoted(name)}: ${end(from, columns)} > ${end(to, toColumns)}\n`;
}

function end({ owner, name }: ModelTable, columns: readonly string[]): string {
  const [only = ""] = columns;
  return `${quoted(owner)}.${quoted(name)}.${columns.length === 1 ? quoted(only) : columnList(columns)}`;
}

function columnList(columns: readonly string[]): string {
  return `(${columns.map(quoted).join(", ")})`;
}

/** Two references with the same ends are one for DBML, whichever way they point and in whatever order their columns are. */
function endpoints({ from, columns, to, toColumns }: ModelReference): string[] {
  return [end(from, [...columns].sort()), end(to, [...toColumns].sort())].sort();
}

/** DBML reads a backslash in a quoted name as an escape; Oracle's names hold no double quotes. */
function quoted(name: string): string {
  return `"${name.replaceAll("\\", "\\\\").replaceAll(/[\r\n]+/g, " ")}"`;
}

function comment(text: string): string {
  return text.replaceAll(/[\r\n]+/g, " ");
}
