import { OracleError } from "../errors.ts";

/** `word` is upper case unless it was quoted; `text` is the content of a literal without its quotes. */
export interface Token {
  kind: "word" | "quoted" | "text" | "number" | "bind" | "symbol" | "end";
  value: string;
  /** Where it starts in the statement. */
  at: number;
  /** Where it ends. */
  to: number;
}

const SPACE = /\s+/y;
const WORD = /[\p{L}][\p{L}\p{N}_$#]*/uy;
const NUMBER = /(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?[fFdD]?/y;
const BIND = /:\s*(?:"([^"]+)"|([\p{L}\p{N}][\p{L}\p{N}_$#]*))/uy;
const SYMBOL = /\|\||<>|!=|\^=|<=|>=|:=|=>|\.\.|[-+*/%=<>(),.;@?[\]{}:&|]/y;
const CLOSERS: Record<string, string> = { "[": "]", "{": "}", "(": ")", "<": ">" };

/** Cuts a statement into tokens; comments and hints are dropped. Throws ORA-01756, ORA-01740 or ORA-00911. */
export function tokenize(sql: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  const matched = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    return pattern.exec(sql);
  };
  const push = (kind: Token["kind"], value: string, to: number): void => {
    tokens.push({ kind, value, at, to });
    at = to;
  };
  while (at < sql.length) {
    const space = matched(SPACE);
    if (space) {
      at += space[0].length;
      continue;
    }
    const two = sql.slice(at, at + 2);
    if (two === "--") {
      const end = sql.indexOf("\n", at);
      at = end < 0 ? sql.length : end + 1;
      continue;
    }
    if (two === "/*") {
      const end = sql.indexOf("*/", at + 2);
      at = end < 0 ? sql.length : end + 2;
      continue;
    }
    const quote = /^(?:n?q'|n')/i.exec(sql.slice(at, at + 3));
    if (sql[at] === "'" || quote) {
      const literal = readText(sql, at, quote?.[0] ?? "'");
      push("text", literal.value, literal.to);
      continue;
    }
    if (sql[at] === '"') {
      const end = sql.indexOf('"', at + 1);
      if (end < 0) throw new OracleError(1740, "missing double quote in identifier", at);
      push("quoted", sql.slice(at + 1, end), end + 1);
      continue;
    }
    const word = matched(WORD);
    if (word) {
      push("word", word[0].toUpperCase(), at + word[0].length);
      continue;
    }
    const number = matched(NUMBER);
    if (number) {
      push("number", number[0].replace(/[fFdD]$/, ""), at + number[0].length);
      continue;
    }
    const bind = matched(BIND);
    if (bind) {
      push("bind", bind[1] ?? (bind[2] ?? "").toUpperCase(), at + bind[0].length);
      continue;
    }
    const symbol = matched(SYMBOL);
    if (!symbol) throw new OracleError(911, `invalid character: ${JSON.stringify(sql[at])}`, at);
    push("symbol", symbol[0] === "!=" || symbol[0] === "^=" ? "<>" : symbol[0], at + symbol[0].length);
  }
  tokens.push({ kind: "end", value: "", at: sql.length, to: sql.length });
  return tokens;
}

function readText(sql: string, at: number, opening: string): { value: string; to: number } {
  const start = at + opening.length;
  if (/q/i.test(opening)) {
    const closer = `${CLOSERS[sql[start] ?? ""] ?? sql[start]}'`;
    const end = sql.indexOf(closer, start + 1);
    if (end < 0) throw new OracleError(1756, "quoted string not properly terminated", at);
    return { value: sql.slice(start + 1, end), to: end + 2 };
  }
  let value = "";
  let from = start;
  for (;;) {
    const end = sql.indexOf("'", from);
    if (end < 0) throw new OracleError(1756, "quoted string not properly terminated", at);
    value += sql.slice(from, end);
    if (sql[end + 1] !== "'") return { value, to: end + 1 };
    value += "'";
    from = end + 2;
  }
}
