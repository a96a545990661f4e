/** A piece of JavaScript. */
export interface Piece {
  /** A name, keyword or number; a string, template or regular expression; spaces and comments; anything else. */
  kind: "word" | "text" | "blank" | "sign";
  text: string;
}

const blank = /(?:\s|\/\/[^\n\r\u2028\u2029]*|\/\*[\s\S]*?\*\/)+/y;
const word = /[\p{ID_Continue}$\u200c\u200d]+/uy;
const string = /"(?:\\[\s\S]|[^"\\])*"|'(?:\\[\s\S]|[^'\\])*'/y;
const regularExpression = /\/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\[\n])+\/[\p{ID_Continue}$]*/uy;
const sign = /=>|\+\+|--|[\s\S]/y;
/** Words that a value follows: a slash behind them begins a regular expression, and divides nothing. */
const keyword = /^(?:await|case|delete|do|else|in|instanceof|new|of|return|throw|typeof|void|yield)$/;

/**
 * Cuts JavaScript into pieces, as far as it takes to know texts and comments from code. A regular expression right behind
 * the brackets of an `if` is the one thing that it takes for a division.
 */
export function* pieces(source: string, from = 0): Generator<Piece> {
  let isValue = false;
  for (let at = from; at < source.length; ) {
    const piece = pieceAt(source, at, isValue);
    yield piece;
    at += piece.text.length;
    if (piece.kind !== "blank") isValue = endsValue(piece);
  }
}

/** How many brackets more are open behind a piece than before it. */
export function depthChange({ kind, text }: Piece): number {
  if (kind !== "sign") return 0;
  if ("([{".includes(text)) return 1;
  return ")]}".includes(text) ? -1 : 0;
}

function pieceAt(source: string, at: number, isValue: boolean): Piece {
  const found = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    return pattern.exec(source)?.[0];
  };
  const kinds: [Piece["kind"], () => string | undefined][] = [
    ["blank", () => found(blank)],
    ["word", () => found(word)],
    ["text", () => found(string)],
    ["text", () => (source[at] === "`" ? source.slice(at, templateEnd(source, at)) : undefined)],
    ["text", () => (isValue ? undefined : found(regularExpression))],
  ];
  for (const [kind, read] of kinds) {
    const text = read();
    if (text !== undefined) return { kind, text };
  }
  return { kind: "sign", text: found(sign) ?? "" };
}

function endsValue({ kind, text }: Piece): boolean {
  if (kind === "word") return !keyword.test(text);
  return kind === "text" || [")", "]", "}", "++", "--"].includes(text);
}

/** Behind the closing tick of a template, past what `${…}` holds: code, with texts and templates of its own. */
function templateEnd(source: string, from: number): number {
  let at = from + 1;
  while (at < source.length && source[at] !== "`") {
    if (source[at] === "\\") at += 2;
    else if (source.startsWith("${", at)) at = bracketEnd(source, at + 1);
    else at += 1;
  }
  return at + 1;
}

function bracketEnd(source: string, from: number): number {
  let at = from;
  let depth = 0;
  for (const piece of pieces(source, from)) {
    at += piece.text.length;
    depth += depthChange(piece);
    if (depth === 0) break;
  }
  return at;
}
