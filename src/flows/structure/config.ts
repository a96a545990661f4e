import { type Document, LineCounter, parseDocument, visit } from "yaml";
import type { z } from "zod";
import { positionOf } from "../../yaml/position.ts";
import { mistakesIn } from "./config-error.ts";
import type { ConfigFile } from "./config-path.ts";
import { KNOWN_KEYS, type StructureConfig, structureConfig } from "./config-schema.ts";
import { findDuplicates } from "./duplicates.ts";

/** Where something stands in the file: keys and indexes from the top. */
export type ConfigPath = readonly (string | number)[];

/** The file, read and checked. */
export interface ReadConfig {
  /** Relative to the checkout. */
  path: string;
  config: StructureConfig;
  /** "file:line:column key" of a value, for telling what is wrong with it. */
  where(path: ConfigPath): string;
}

/**
 * Reads the YAML of a structure.
 * @throws StructureConfigError with all mistakes, each with line and column: what is no YAML, unknown keys, wrong types, what is missing,
 *   and names or codes that stand twice (capitals aside)
 */
export function parseConfig({ path, text }: ConfigFile): ReadConfig {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const at = (offset: number): string => {
    const { line, col } = lines.linePos(offset);
    return `${path}:${line}:${col}`;
  };
  const offsetOf = (place: ConfigPath): number => positionOf(document, [...place]);
  const where = (place: ConfigPath): string => `${at(offsetOf(place))} ${shown(place)}`.trimEnd();
  const mistakes: Mistake[] = [...document.errors, ...document.warnings].map(({ pos, message }) => ({
    offset: pos[0],
    line: `${at(pos[0])} ${message}`,
  }));
  mistakes.push(
    ...unresolvedAliases(document).map(({ offset, name }) => {
      return { offset, line: `${at(offset)} *${name} refers to &${name}, which stands nowhere above it` };
    }),
  );
  // A key that stands twice leaves the rest readable; what is no YAML at all does not.
  if (mistakes.length > 0 && document.errors.every(({ code }) => code !== "DUPLICATE_KEY")) throw inOrder();
  const raw = content(document, path);
  const checked = structureConfig.safeParse(raw);
  mistakes.push(
    ...(checked.error?.issues ?? [])
      .flatMap((issue) => describe(issue, raw))
      .map(({ place, what }) => ({ offset: offsetOf(place), line: `${where(place)}: ${what}` })),
    ...findDuplicates(raw).map(({ place, value, first }) => {
      const line = `${where(place)}: ${JSON.stringify(value)} stands already at ${where(first)}`;
      return { offset: offsetOf(place), line };
    }),
  );
  if (!checked.success || mistakes.length > 0) throw inOrder();
  return { path, config: checked.data, where };

  function inOrder(): Error {
    return mistakesIn(
      path,
      mistakes.sort((a, b) => a.offset - b.offset).map(({ line }) => line),
    );
  }
}

interface Mistake {
  offset: number;
  line: string;
}

function unresolvedAliases(document: Document): { offset: number; name: string }[] {
  const found: { offset: number; name: string }[] = [];
  visit(document, {
    Alias(_key, alias) {
      if (alias.resolve(document) === undefined)
        found.push({ offset: alias.range?.[0] ?? 0, name: alias.source });
    },
  });
  return found;
}

function content(document: Document, path: string): unknown {
  try {
    return document.toJS();
  } catch (error) {
    // Aliases of aliases that would fill the memory.
    throw mistakesIn(path, [error instanceof Error ? error.message : String(error)]);
  }
}

function describe(issue: z.core.$ZodIssue, raw: unknown): { place: ConfigPath; what: string }[] {
  const place = issue.path.filter((key) => typeof key !== "symbol");
  if (issue.code === "unrecognized_keys") {
    const parent = place.findLast((key) => typeof key === "string") ?? "";
    const what = `unknown key; known are ${KNOWN_KEYS[parent]}`;
    return issue.keys.map((key) => ({ place: [...place, key], what }));
  }
  if (issue.code !== "invalid_type") return [{ place, what: issue.message }];
  const seen = valueAt(raw, place);
  const wanted = WANTED[issue.expected] ?? issue.expected;
  if (seen === undefined) return [{ place, what: `is missing; it must be ${wanted}` }];
  const quotes = issue.expected === "string" && typeof seen !== "object" ? "; put it in quotes" : "";
  return [{ place, what: `must be ${wanted}, but is ${excerpt(seen)}${quotes}` }];
}

const WANTED: Readonly<Record<string, string>> = {
  string: "a text",
  boolean: "true or false",
  array: "a list",
  object: "a mapping of keys to values",
};

function excerpt(value: unknown): string {
  if (value === null) return "empty";
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

function valueAt(raw: unknown, path: ConfigPath): unknown {
  return path.reduce<unknown>(
    (value, key) =>
      typeof value === "object" && value !== null ? (value as Record<string, unknown>)[key] : undefined,
    raw,
  );
}

/** "divisions[0].name" */
function shown(path: ConfigPath): string {
  return path.reduce<string>(
    (before, key) => (typeof key === "number" ? `${before}[${key}]` : `${before}${before && "."}${key}`),
    "",
  );
}
