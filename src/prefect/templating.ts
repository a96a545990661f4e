import type { Json, JsonObject } from "./api-types.ts";
import { PrefectError } from "./errors.ts";

/** What stands for "no value was given": the key that holds it is left out. */
export const notSet = Symbol("not set");

/** `{{ name }}`, `{{ a.b[0] }}`, `{{ $ENV }}`, `{{ prefect.blocks.… }}`: the pattern of `utilities/templating`. */
const placeholder = /{{\s*([\w.\-[\]$]+)\s*}}/g;
const BLOCK_PREFIX = "prefect.blocks.";
const VARIABLE_PREFIX = "prefect.variables.";

/** Looks up what `{{ prefect.blocks.type.name }}`, `{"$ref": …}` and `{{ prefect.variables.name }}` stand for. */
export interface ReferenceSource {
  block(type: string, name: string): Promise<{ data?: unknown }>;
  blockById(id: string): Promise<{ data?: unknown }>;
  /** Undefined when there is no such variable. */
  variable(name: string): Promise<Json | undefined>;
}

/**
 * Puts `values` in the place of placeholders, through lists and objects. A placeholder alone keeps its value's type;
 * inside text it becomes text. A key whose placeholder has no value is left out. Blocks and variables stay as they are.
 */
export function applyValues(template: Json, values: JsonObject, env: NodeJS.ProcessEnv = process.env): Json {
  const result = apply(template, values, env);
  return result === notSet ? null : result;
}

function apply(template: Json, values: JsonObject, env: NodeJS.ProcessEnv): Json | typeof notSet {
  if (typeof template === "string") return applyText(template, values, env);
  if (Array.isArray(template)) {
    return template.map((item) => apply(item, values, env)).filter((item) => item !== notSet);
  }
  if (template === null || typeof template !== "object") return template;
  const entries = Object.entries(template).map(([key, value]) => [key, apply(value, values, env)] as const);
  return Object.fromEntries(entries.filter((entry): entry is [string, Json] => entry[1] !== notSet));
}

function applyText(template: string, values: JsonObject, env: NodeJS.ProcessEnv): Json | typeof notSet {
  const found = [...template.matchAll(placeholder)];
  const only = found.length === 1 && found[0]?.[0] === template ? found[0][1] : undefined;
  if (only !== undefined && !isReference(only) && !only.startsWith("$")) {
    const value = lookUp(values, only);
    return value === undefined ? notSet : value;
  }
  return template.replace(placeholder, (whole, name: string) => {
    if (isReference(name)) return whole;
    const value = name.startsWith("$") ? env[name.slice(1)] : lookUp(values, name);
    return value === undefined ? "" : asText(value);
  });
}

/**
 * Puts the values of blocks and variables in the place of their placeholders.
 * @throws PrefectError TEMPLATE_INVALID when a block, a key in it, or a usable text form is missing
 */
export async function resolveReferences(template: Json, source: ReferenceSource): Promise<Json> {
  if (typeof template === "string") return resolveText(template, source);
  if (Array.isArray(template)) return Promise.all(template.map((item) => resolveReferences(item, source)));
  if (template === null || typeof template !== "object") return template;
  const id = blockReference(template);
  if (id !== undefined) return blockValue((await source.blockById(id)).data, undefined, id);
  const entries = await Promise.all(
    Object.entries(template).map(
      async ([key, value]) => [key, await resolveReferences(value, source)] as const,
    ),
  );
  return Object.fromEntries(entries);
}

async function resolveText(template: string, source: ReferenceSource): Promise<Json> {
  const found = [...template.matchAll(placeholder)].filter((match) => isReference(match[1] ?? ""));
  if (found.length === 1 && found[0]?.[0] === template) return resolveName(found[0][1] ?? "", source);
  let text = template;
  for (const [whole, name = ""] of found) {
    const value = await resolveName(name, source);
    if (value !== null && typeof value === "object") {
      throw new PrefectError(
        "TEMPLATE_INVALID",
        `${whole} is an object or a list and cannot stand inside other text: give the key to use, like ${name}.key`,
      );
    }
    text = text.replaceAll(whole, asText(value));
  }
  return text;
}

async function resolveName(name: string, source: ReferenceSource): Promise<Json> {
  if (name.startsWith(VARIABLE_PREFIX)) {
    // As in Prefect, a variable that does not exist is an empty text.
    return (await source.variable(name.slice(VARIABLE_PREFIX.length))) ?? "";
  }
  const [type, document, ...keys] = name.slice(BLOCK_PREFIX.length).split(".");
  if (type === undefined || document === undefined) {
    throw new PrefectError("TEMPLATE_INVALID", `"${name}" must have the form prefect.blocks.TYPE.NAME`);
  }
  const { data } = await source.block(type, document);
  return blockValue(data, keys.length === 0 ? undefined : keys.join("."), name);
}

/** A block that holds nothing but `value` stands for that value. */
function blockValue(data: unknown, keys: string | undefined, name: string): Json {
  const whole = (data ?? {}) as JsonObject;
  const onlyValue = Object.keys(whole).length === 1 && whole.value !== undefined;
  const value = onlyValue && !/^value(\.|\[|$)/.test(keys ?? "") ? whole.value : whole;
  if (keys === undefined) return value ?? null;
  const found = lookUp(value as JsonObject, keys);
  if (found === undefined)
    throw new PrefectError("TEMPLATE_INVALID", `"${name}": the block has no key "${keys}"`);
  return found;
}

function blockReference(template: JsonObject): string | undefined {
  const ref = template.$ref;
  if (ref === null || typeof ref !== "object" || Array.isArray(ref)) return undefined;
  return typeof ref.block_document_id === "string" ? ref.block_document_id : undefined;
}

function isReference(name: string): boolean {
  return name.startsWith(BLOCK_PREFIX) || name.startsWith(VARIABLE_PREFIX);
}

/** Follows `a.b[0].c`. */
function lookUp(values: Json | undefined, path: string): Json | undefined {
  let value = values;
  for (const key of path.replace(/\[(\d+)\]/g, ".$1").split(".")) {
    if (value === null || typeof value !== "object") return undefined;
    value = Array.isArray(value) ? value[Number(key)] : Object.hasOwn(value, key) ? value[key] : undefined;
  }
  return value;
}

/** The text that Python's `str()` gives for what JSON calls true, false and null: templates serve both workers. */
function asText(value: Json): string {
  if (value === null) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
