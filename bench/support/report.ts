import { readFile, writeFile } from "node:fs/promises";
import { styleText } from "node:util";
import Table from "cli-table3";
import type { Figure } from "./figure.ts";
import type { Result } from "./results.ts";
import { short, spread } from "./statistics.ts";

const HEAD = [
  "",
  "what",
  "unit",
  "ours",
  "peer",
  "peer tuned",
  "floor",
  "ours/peer",
  "ours/floor",
  "target",
  "met",
];
const BEGIN = "<!-- results: written by `npm run bench` -->";
const END = "<!-- end of results -->";

/** The results as a table for a terminal. */
export function terminalTable(results: readonly Figure[]): string {
  const table = new Table({
    head: HEAD,
    style: { head: [], border: [] },
    wordWrap: true,
    colWidths: [null, 34],
  });
  for (const result of results) {
    const colour = result.met ? ("green" as const) : ("red" as const);
    table.push([...cells(result), styleText(colour, result.met ? "yes" : "no", { stream: process.stdout })]);
  }
  return table.toString();
}

/** Raw numbers and notes, as lines for a terminal. */
export function details(results: readonly Figure[]): string[] {
  return results.flatMap((result) => [
    `${result.id} (${result.unit})`,
    ...Object.entries(result.raw)
      .filter(([, values]) => values.length > 0)
      .map(([name, values]) => `  ${name.padEnd(9)} ${values.map(short).join(", ")}`),
    ...result.notes.map((note) => `  ${note}`),
  ]);
}

/**
 * Puts the results between the two marks of a README.
 * @throws Error when the marks are not there
 */
export async function writeReadme(file: string, results: readonly Result[]): Promise<void> {
  const text = await readFile(file, "utf8");
  const [begin, end] = [text.indexOf(BEGIN), text.indexOf(END)];
  if (begin === -1 || end < begin)
    throw new Error(`${file} has lost its marks: put back ${BEGIN} and ${END}`);
  await writeFile(file, text.slice(0, begin + BEGIN.length) + markdown(results) + text.slice(end));
}

function markdown(results: readonly Result[]): string {
  const row = (values: string[]) => `| ${values.join(" | ")} |`;
  const table = [row([...HEAD]), row(HEAD.map(() => "---"))];
  for (const result of results) table.push(row([...cells(result), result.met ? "yes" : "**no**"]));
  const sections = results.map((result) => {
    const { raw, id, what, unit, notes, measuredAt, machine, load } = result;
    const taken = Object.entries(raw)
      .filter(([, values]) => values.length > 0)
      .map(([name, values]) => `- ${name}: ${spread(values)} ${unit}, ${values.length} taken`);
    const when = `- ${measuredAt.slice(0, 10)}; ${machine}; load ${load.map(short).join(" → ")}`;
    return [`**${id}** ${what}`, "", ...taken, ...notes.map((note) => `- ${note}`), when, ""].join("\n");
  });
  return `\n${table.join("\n")}\n\nMedian (lowest – highest) of each:\n\n${sections.join("\n")}`;
}

function cells({
  id,
  what,
  unit,
  ours,
  peer,
  peerTuned,
  floor,
  ratio,
  ratioToFloor,
  target,
}: Figure): string[] {
  return [id, what, unit, ...[ours, peer, peerTuned, floor, ratio, ratioToFloor].map(short), target];
}
