import { inspect } from "node:util";
import picocolors from "picocolors";

/** Colours for stdout: real ones only on a terminal, never with `NO_COLOR`. */
export const onStdout = picocolors.createColors(wantsColour(process.stdout));
/** Colours for stderr, decided apart from stdout's. */
export const onStderr = picocolors.createColors(wantsColour(process.stderr));

function wantsColour(stream: NodeJS.WriteStream): boolean {
  const { NO_COLOR, FORCE_COLOR, PREFECT_CLI_COLORS, TERM } = process.env;
  if (NO_COLOR !== undefined && NO_COLOR !== "") return false;
  if (FORCE_COLOR !== undefined && FORCE_COLOR !== "" && FORCE_COLOR !== "0") return true;
  return stream.isTTY === true && TERM !== "dumb" && !/^(0|false|no|off)$/i.test(PREFECT_CLI_COLORS ?? "");
}

/** Writes a line to stdout. */
export function print(line = ""): void {
  process.stdout.write(`${line}\n`);
}

/** Writes a line to stderr: what a person should see but a pipe should not get. */
export function printError(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** Writes a value as the JSON that `-o json` promises, and nothing else, to stdout. */
export function printJson(value: unknown): void {
  print(JSON.stringify(value, null, 2));
}

/** Writes an object so that a person can read all of it. */
export function printObject(value: unknown): void {
  print(
    inspect(value, { depth: null, colors: onStdout.isColorSupported, maxArrayLength: null, compact: false }),
  );
}

/** Writes text in a box, as Prefect frames its milestones. */
export function printPanel(text: string, colour: (text: string) => string = (plain) => plain): void {
  const line = "─".repeat(text.length + 2);
  print(colour(`╭${line}╮\n│ ${text} │\n╰${line}╯`));
}

/** Writes the facts of one object below it, as Prefect does. */
export function printFacts(facts: Record<string, string>): void {
  for (const [name, value] of Object.entries(facts)) print(`└── ${name}: ${value}`);
}
