const known = new WeakMap<object, string[]>();

/**
 * The names of a function's parameters, as its source has them; `arg0`, `arg1` … for those without a name of their own
 * (`{ a, b }`, `[a, b]`). For names of runs and of inputs: nothing that must be right depends on it.
 */
export function parameterNames(fn: (...args: never[]) => unknown): string[] {
  const before = known.get(fn);
  if (before !== undefined) return before;
  const names = parameterTexts(fn.toString()).map((text, index) => {
    const name = /^(?:\.\.\.)?\s*([\p{ID_Start}$_][\p{ID_Continue}$]*)/u.exec(text.trim())?.[1];
    return name ?? `arg${index}`;
  });
  known.set(fn, names);
  return names;
}

/** The text of each parameter: between the first brackets, cut at the commas that are in no brackets or text. */
function parameterTexts(source: string): string[] {
  const single = /^(?:async\s+)?([\p{ID_Start}$_][\p{ID_Continue}$]*)\s*=>/u.exec(source)?.[1];
  if (single !== undefined) return [single];
  const code = source.replace(/\/\*[\s\S]*?\*\/|\/\/[^\n]*/g, "");
  const texts: string[] = [];
  let depth = 0;
  let quote: string | undefined;
  let text = "";
  for (let index = code.indexOf("("); index >= 0 && index < code.length; index += 1) {
    const letter = code[index] ?? "";
    if (quote !== undefined) {
      if (letter === "\\") index += 1;
      else if (letter === quote) quote = undefined;
      continue;
    }
    if ("'\"`".includes(letter)) quote = letter;
    else if ("([{".includes(letter)) depth += 1;
    else if (")]}".includes(letter)) depth -= 1;
    if (depth === 0 || (depth === 1 && letter === ",")) {
      texts.push(text);
      text = "";
      if (depth === 0) break;
    } else if (depth > 1 || letter !== "(") text += letter;
  }
  return texts.filter((one) => one.trim() !== "");
}
