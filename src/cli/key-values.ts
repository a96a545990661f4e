import type { Json, JsonObject } from "../prefect/api-types.ts";
import { usageError } from "./errors.ts";

/**
 * Reads `key=value` words. A value that is JSON is taken as JSON, any other as text; text that begins like a list,
 * an object or quoted text but is none is a mistake. `what` names the option in errors: "parameter", "job variable".
 * @throws CliError (usage)
 */
export function parseKeyValues(words: string[], what: string): JsonObject {
  return Object.fromEntries(
    words.map((word) => {
      const [key, value] = splitKeyValue(word, what);
      return [key, parseValue(key, value, what)];
    }),
  );
}

/** Splits `key=value` at the first `=`. @throws CliError (usage) */
export function splitKeyValue(word: string, what: string): [key: string, value: string] {
  const at = word.indexOf("=");
  if (at > 0) return [word.slice(0, at), word.slice(at + 1)];
  throw usageError(
    `Invalid ${what} option '${word}'. Expected format 'key=value', for example dry_run=false.`,
  );
}

/** Reads a JSON object of several values. @throws CliError (usage) */
export function parseJsonObject(text: string, option: string): JsonObject {
  let value: Json;
  try {
    value = JSON.parse(text) as Json;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw usageError(
      `Failed to parse JSON of ${option}: ${error.message}. Seen: ${text.trim().slice(0, 200)}`,
    );
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  throw usageError(
    `${option} must be a JSON object, like '{"dry_run": false}'. Seen: ${text.trim().slice(0, 200)}`,
  );
}

function parseValue(key: string, text: string, what: string): Json {
  let value: Json;
  try {
    value = JSON.parse(text) as Json;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    if (!/^\s*["[{]/.test(text)) return text;
    throw usageError(
      `Failed to parse JSON for ${what} '${key}' with value\n\n\t${text}\n\nJSON Error: ${error.message}`,
    );
  }
  if (typeof value === "number" && /^\s*-?\d+\s*$/.test(text) && !Number.isSafeInteger(value)) {
    throw usageError(
      `The ${what} '${key}' is ${text.trim()}: a number of so many digits would be changed. ` +
        `Give it as text: ${key}='"${text.trim()}"'`,
    );
  }
  return value;
}
