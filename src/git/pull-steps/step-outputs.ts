import { isRecord } from "./step.ts";

/** Prefect's placeholders: `{{ name }}`, `{{ clone-step.directory }}`, `{{ list[0].key }}`, `{{ $ENV }}`. */
const PLACEHOLDER = /\{\{\s*([\w.\-[\]$]+)\s*\}\}/g;
const OTHERS = /^prefect\.(blocks|variables)\./;
const UNKNOWN = Symbol("unknown placeholder");

/**
 * Puts outputs of earlier steps and environment variables into a step's inputs. A placeholder alone keeps the type of
 * its value, one inside text becomes text. Blocks and variables are left for whoever resolves them. Unknown ones vanish
 * as in Prefect (the key, or the part of the text), and are reported.
 * Source: Prefect's utilities/templating `apply_values`, deployments/steps/core.py `run_step`.
 */
export function applyOutputs(
  value: unknown,
  outputs: Record<string, unknown>,
  env: NodeJS.ProcessEnv,
  onUnknown: (placeholder: string) => void,
): unknown {
  const applied = apply(value, (name) => {
    const found = name.startsWith("$") ? env[name.slice(1)] : lookUp(outputs, name);
    if (found !== undefined) return found;
    onUnknown(name);
    return UNKNOWN;
  });
  return applied === UNKNOWN ? undefined : applied;
}

function apply(value: unknown, find: (name: string) => unknown): unknown {
  if (typeof value === "string") return applyText(value, find);
  if (Array.isArray(value)) return value.map((item) => apply(item, find)).filter((item) => item !== UNKNOWN);
  if (!isRecord(value)) return value;
  const entries = Object.entries(value).map(([key, item]) => [key, apply(item, find)] as const);
  return Object.fromEntries(entries.filter(([, item]) => item !== UNKNOWN));
}

function applyText(text: string, find: (name: string) => unknown): unknown {
  const matches = [...text.matchAll(PLACEHOLDER)];
  const only = matches.length === 1 && matches[0]?.[0] === text ? matches[0][1] : undefined;
  if (only !== undefined) return OTHERS.test(only) ? text : find(only);
  return text.replace(PLACEHOLDER, (placeholder, name: string) => {
    if (OTHERS.test(name)) return placeholder;
    const found = find(name);
    return found === UNKNOWN ? "" : asText(found);
  });
}

function asText(value: unknown): string {
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

function lookUp(outputs: Record<string, unknown>, name: string): unknown {
  let value: unknown = outputs;
  for (const key of name.replace(/\[(\w+)\]/g, ".$1").split(".")) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as Record<string, unknown>)[key];
  }
  return value;
}
