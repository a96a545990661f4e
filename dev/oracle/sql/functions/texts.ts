import type { Stored } from "../../values/encode.ts";
import { displayText } from "../../values/text.ts";
import type { SqlFunction } from "../functions.ts";
import { numberOf, textOf } from "./arguments.ts";

const text = (strict: number, run: (...args: Stored[]) => Stored): SqlFunction => ({
  gives: "text",
  strict,
  run,
});
const number = (strict: number, run: (...args: Stored[]) => Stored): SqlFunction => ({
  gives: "number",
  strict,
  run,
});

/** SUBSTR: positions from 1, 0 counts as 1, negative ones from the end; in characters. */
function substr(value: string, start: number, count?: number): string {
  const chars = [...value];
  const from = start < 0 ? chars.length + start : Math.max(0, start - 1);
  if (from < 0 || (count !== undefined && count < 1)) return "";
  return chars.slice(from, count === undefined ? undefined : from + count).join("");
}

function instr(value: string, part: string, start: number, nth: number): number {
  if (start < 0) {
    let at = value.length + start;
    for (let found = 1; at >= 0; found++, at--) {
      at = value.lastIndexOf(part, at);
      if (at < 0) return 0;
      if (found === nth) return at + 1;
    }
    return 0;
  }
  let at = start - 2;
  for (let found = 0; found < nth; found++) {
    at = value.indexOf(part, at + 1);
    if (at < 0) return 0;
  }
  return at + 1;
}

function trimStart(value: string, chars: string): string {
  let at = 0;
  while (at < value.length && chars.includes(value.charAt(at))) at++;
  return value.slice(at);
}

function trimEnd(value: string, chars: string): string {
  let end = value.length;
  while (end > 0 && chars.includes(value.charAt(end - 1))) end--;
  return value.slice(0, end);
}

function pad(value: string, width: number, filler: string, left: boolean): string {
  const chars = [...value];
  if (chars.length >= width) return chars.slice(0, Math.max(0, width)).join("");
  const fill = filler.repeat(Math.ceil(width / Math.max(1, filler.length))).slice(0, width - chars.length);
  return left ? fill + value : value + fill;
}

/** A pattern of REGEXP_ functions; POSIX classes become their JavaScript likes. */
function pattern(source: Stored, flags?: Stored): RegExp {
  const classes: Record<string, string> = {
    alpha: "\\p{L}",
    digit: "0-9",
    alnum: "\\p{L}0-9",
    space: "\\s",
    upper: "\\p{Lu}",
    lower: "\\p{Ll}",
    punct: "\\p{P}",
  };
  const js = textOf(source).replace(/\[:(\w+):\]/g, (whole, name: string) => classes[name] ?? whole);
  const given = textOf(flags ?? null);
  return new RegExp(
    js,
    `gu${given.includes("i") ? "i" : ""}${given.includes("n") ? "s" : ""}${given.includes("m") ? "m" : ""}`,
  );
}

function initcap(value: string): string {
  return value
    .toLowerCase()
    .replace(/[\p{L}\p{N}]+/gu, (word) => word.charAt(0).toUpperCase() + word.slice(1));
}

function translate(value: string, from: string, to: string): string {
  const target = [...to];
  const map = new Map([...from].map((char, i) => [char, target[i] ?? ""] as const));
  return [...value].map((char) => map.get(char) ?? char).join("");
}

/** Functions of texts. Letters beyond ASCII change case too, which SQLite's own functions do not do. */
export const TEXT_FUNCTIONS: Record<string, SqlFunction> = {
  TEXT: text(0, (value) => displayText(value ?? null)),
  CONCAT: text(0, (...args) => args.map((arg) => displayText(arg) ?? "").join("")),
  UPPER: text(1, (value) => textOf(value).toUpperCase()),
  LOWER: text(1, (value) => textOf(value).toLowerCase()),
  INITCAP: text(1, (value) => initcap(textOf(value))),
  LENGTH: number(1, (value) => [...textOf(value)].length),
  LENGTHB: number(1, (value) => Buffer.byteLength(textOf(value))),
  SUBSTR: text(2, (value, start, count) =>
    substr(
      textOf(value),
      Math.trunc(numberOf(start)),
      count === undefined ? undefined : Math.trunc(numberOf(count)),
    ),
  ),
  INSTR: number(2, (value, part, start, nth) =>
    instr(
      textOf(value),
      textOf(part),
      start === undefined ? 1 : numberOf(start),
      nth === undefined ? 1 : numberOf(nth),
    ),
  ),
  REPLACE: text(1, (value, part, other) =>
    part === null || part === undefined
      ? textOf(value)
      : textOf(value).replaceAll(textOf(part), textOf(other ?? null)),
  ),
  TRANSLATE: text(3, (value, from, to) => translate(textOf(value), textOf(from), textOf(to))),
  TRIM: text(3, (where, chars, value) => {
    const start = where === "TRAILING" ? textOf(value) : trimStart(textOf(value), textOf(chars));
    return where === "LEADING" ? start : trimEnd(start, textOf(chars));
  }),
  LTRIM: text(1, (value, chars) => trimStart(textOf(value), chars === undefined ? " " : textOf(chars))),
  RTRIM: text(1, (value, chars) => trimEnd(textOf(value), chars === undefined ? " " : textOf(chars))),
  LPAD: text(2, (value, width, filler) =>
    pad(textOf(value), numberOf(width), filler === undefined ? " " : textOf(filler), true),
  ),
  RPAD: text(2, (value, width, filler) =>
    pad(textOf(value), numberOf(width), filler === undefined ? " " : textOf(filler), false),
  ),
  CHR: text(1, (code) => String.fromCodePoint(numberOf(code))),
  ASCII: number(1, (value) => textOf(value).codePointAt(0) ?? null),
  REGEXP_LIKE: number(2, (value, source, flags) =>
    pattern(source ?? null, flags).test(textOf(value)) ? 1 : 0,
  ),
  REGEXP_REPLACE: text(2, (value, source, other) =>
    textOf(value).replace(pattern(source ?? null), textOf(other ?? null).replace(/\\(\d)/g, "$$$1")),
  ),
  REGEXP_SUBSTR: text(
    2,
    (value, source, _start, nth) =>
      [...textOf(value).matchAll(pattern(source ?? null))][
        (nth === undefined ? 1 : numberOf(nth)) - 1
      ]?.[0] ?? null,
  ),
  REGEXP_COUNT: number(2, (value, source) => [...textOf(value).matchAll(pattern(source ?? null))].length),
  RAWTOHEX: text(1, (value) => textOf(value)),
  HEXTORAW: { gives: "bytes", strict: 1, run: (value) => Buffer.from(textOf(value), "hex") },
  TO_CLOB: { gives: "clob", strict: 1, run: (value) => textOf(value) },
  TO_NCHAR: text(1, (value) => textOf(value)),
  "DBMS_LOB.GETLENGTH": number(1, (value) =>
    value instanceof Uint8Array ? value.length : textOf(value).length,
  ),
  "DBMS_LOB.SUBSTR": text(1, (value, count, start) =>
    substr(
      textOf(value),
      start === undefined ? 1 : numberOf(start),
      count === undefined ? 32_767 : numberOf(count),
    ),
  ),
  "UTL_RAW.CAST_TO_RAW": { gives: "bytes", strict: 1, run: (value) => Buffer.from(textOf(value), "utf8") },
  "UTL_RAW.CAST_TO_VARCHAR2": text(1, (value) =>
    value instanceof Uint8Array ? Buffer.from(value).toString("utf8") : textOf(value),
  ),
};
