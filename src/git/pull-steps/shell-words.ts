import { PullError } from "../errors.ts";

/**
 * Splits a command line into words by the rules of Python's `shlex.split` (POSIX shell quoting, `#` starts no comment):
 * what `run_shell_script` does with each line unless `shell` is true.
 * Throws PULL_STEP_INPUT for a quote that is not closed or a backslash at the end.
 */
export function shellWords(line: string): string[] {
  const words: string[] = [];
  let word: string | undefined;
  for (let at = 0; at < line.length; at += 1) {
    const character = line.charAt(at);
    if (character === "'") {
      const end = line.indexOf("'", at + 1);
      if (end < 0) throw unclosed(line, "a single quote is not closed");
      word = (word ?? "") + line.slice(at + 1, end);
      at = end;
    } else if (character === '"') {
      const quoted = /^"((?:[^"\\]|\\.)*)"/.exec(line.slice(at));
      if (quoted === null) throw unclosed(line, "a double quote is not closed");
      word = (word ?? "") + (quoted[1] ?? "").replace(/\\(["\\])/g, "$1");
      at += quoted[0].length - 1;
    } else if (character === "\\") {
      if (at + 1 === line.length) throw unclosed(line, "a backslash ends it");
      at += 1;
      word = (word ?? "") + line.charAt(at);
    } else if (/[ \t\r\n]/.test(character)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else {
      word = (word ?? "") + character;
    }
  }
  if (word !== undefined) words.push(word);
  return words;
}

function unclosed(line: string, reason: string): PullError {
  const shown = line.length > 60 ? `${line.slice(0, 60)}…` : line;
  return new PullError(
    "PULL_STEP_INPUT",
    `run_shell_script: ${reason} in ${JSON.stringify(shown)}. Each line is a command of its own; quote within the line.`,
  );
}
