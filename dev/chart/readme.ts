import { parse } from "yaml";

const START =
  "<!-- values: made by `node dev/bootstrap.mjs dev/chart.ts`, from the comments of values.yaml -->";
const END = "<!-- /values -->";

interface Row {
  readonly key: string;
  readonly value: unknown;
  readonly text: string;
}

/**
 * The chart's README with its table of values made anew.
 * @param readme  the present text, with the two marks around the table
 * @param values  the text of values.yaml, each leaf with a comment `# -- …` in the line above
 * @throws Error that names the key without a comment, or the mark that is missing
 */
export function withValuesTable(readme: string, values: string): string {
  const [before, rest] = splitOnce(readme, START);
  const [, after] = splitOnce(rest, END);
  const rows = documentedValues(values).map(
    ({ key, value, text }) => `| \`${key}\` | ${defaultOf(value)} | ${text.replaceAll("|", "\\|")} |`,
  );
  return `${before}${START}\n| key | default | meaning |\n| --- | --- | --- |\n${rows.join("\n")}\n${END}${after}`;
}

function splitOnce(text: string, mark: string): [string, string] {
  const at = text.indexOf(mark);
  if (at < 0) throw new Error(`the README has no line "${mark}": put it back around the table`);
  return [text.slice(0, at), text.slice(at + mark.length)];
}

function documentedValues(source: string): Row[] {
  const comments = commentsByKey(source);
  return [...leaves(parse(source), [], comments)].map(([path, value]) => {
    const key = path.join(".");
    const text = comments.get(key);
    if (text === undefined)
      throw new Error(`values.yaml: ${key} has no comment "# -- …" in the line above it`);
    return { key, value, text };
  });
}

/** A key is a row when it has a comment, or when nothing is below it. */
function* leaves(
  value: unknown,
  path: readonly string[],
  comments: ReadonlyMap<string, string>,
): Generator<[readonly string[], unknown]> {
  const inner =
    typeof value === "object" && value !== null && !Array.isArray(value) ? Object.entries(value) : [];
  if (path.length > 0 && (inner.length === 0 || comments.has(path.join(".")))) yield [path, value];
  else for (const [key, below] of inner) yield* leaves(below, [...path, key], comments);
}

/** `# -- text` above `key:`, by the key's full path. Two spaces a level, as in the file. */
function commentsByKey(source: string): Map<string, string> {
  const found = new Map<string, string>();
  const path: string[] = [];
  let comment: string | undefined;
  for (const line of source.split("\n")) {
    const said = /^\s*# -- (.*)$/.exec(line)?.[1];
    if (said !== undefined) {
      comment = said;
      continue;
    }
    const [, indent = "", key] = /^( *)([\w-]+):/.exec(line) ?? [];
    if (key !== undefined) {
      path.splice(indent.length / 2, path.length, key);
      if (comment !== undefined) found.set(path.join("."), comment);
    }
    comment = undefined;
  }
  return found;
}

function defaultOf(value: unknown): string {
  return value === "" ? "" : `\`${typeof value === "string" ? value : JSON.stringify(value)}\``;
}
