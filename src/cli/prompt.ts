import { createInterface } from "node:readline/promises";
import { CliError } from "./errors.ts";
import { onStdout, print } from "./output.ts";
import type { Session } from "./session.ts";

/** Asks for a line of text. Empty input gives the default, or the question again where there is none. */
export async function askText(question: string, fallback?: string): Promise<string> {
  for (;;) {
    const answer = await ask(`${question}${fallback === undefined ? "" : ` (${fallback})`}: `);
    if (answer !== "") return answer;
    if (fallback !== undefined) return fallback;
  }
}

/** Lets the user pick one of several by its number. */
export async function pick<T>(question: string, choices: T[], label: (choice: T) => string): Promise<T> {
  print(question);
  for (const [index, choice] of choices.entries())
    print(`  ${onStdout.cyan(String(index + 1))}  ${label(choice)}`);
  for (;;) {
    const chosen = choices[Number(await ask(`Number, 1 to ${choices.length}: `)) - 1];
    if (chosen !== undefined) return chosen;
  }
}

/** Asks for a yes before something is removed. Where nobody can be asked, the command itself was the yes, as in Prefect. */
export async function confirm(session: Session, question: string): Promise<boolean> {
  if (!session.interactive) return true;
  return /^(y|yes)$/i.test(await ask(`${question} [y/n]: `));
}

async function ask(question: string): Promise<string> {
  const lines = createInterface({ input: process.stdin, output: process.stdout });
  const ended = new AbortController();
  lines.once("SIGINT", () => ended.abort());
  lines.once("close", () => ended.abort());
  try {
    return (await lines.question(onStdout.bold(question), { signal: ended.signal })).trim();
  } catch (error) {
    if (ended.signal.aborted)
      throw new CliError("Aborted: the question was not answered.", { cause: undefined });
    throw error;
  } finally {
    lines.close();
  }
}
