import { depthChange, type Piece, pieces } from "./code-pieces.ts";

/** A parameter of a function, as its source has it. */
export interface Parameter {
  /** Without comments, each gap one space: `page = 1`. */
  text: string;
  /** Undefined for a pattern: `{ a, b }`, `[a, b]`. */
  name: string | undefined;
  /** It has a default, or the pattern has one. */
  hasDefault: boolean;
}

/** The parameters of a function by its source; none for one without source (`fn.bind(…)`, native functions). */
export function parameterList(source: string): Parameter[] {
  return parameterPieces(source)
    .map(parameterOf)
    .filter(({ text }) => text !== "");
}

function parameterOf(parts: Piece[]): Parameter {
  const text = parts
    .map(({ kind, text }) => (kind === "blank" ? " " : text))
    .join("")
    .trim();
  return {
    text,
    name: /^(?:\.\.\.)?\s*([\p{ID_Start}$_][\p{ID_Continue}$\u200c\u200d]*)/u.exec(text)?.[1],
    hasDefault: parts.some(({ kind, text }) => kind === "sign" && text === "="),
  };
}

/** The pieces of each parameter: between the function's first brackets, or the word before its arrow. */
function parameterPieces(source: string): Piece[][] {
  let depth = 0;
  let before: Piece | undefined;
  let found: Piece[][] | undefined;
  for (const piece of pieces(source)) {
    depth += depthChange(piece);
    if (found !== undefined) {
      if (depth === 0) return found;
      if (depth === 1 && piece.text === ",") found.push([]);
      else found.at(-1)?.push(piece);
      continue;
    }
    if (depth === 0 && piece.text === "=>") return before === undefined ? [] : [[before]];
    // A method's name may be in brackets, `["load"](museum) {}`, which are closed by then.
    if (depth === 1 && piece.text === "(") found = [[]];
    else if (piece.kind === "word") before = piece;
  }
  return found ?? [];
}
