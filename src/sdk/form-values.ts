import type { z } from "zod";

/** A moment with a zone of its own, as the UI's form sends it: `2026-11-22T08:00:00+01:00`. */
const zoned = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?[+-]\d\d:\d\d$/;

/**
 * Values as the UI's form sends them, so that what it offers is taken: it sends moments in the zone of whoever fills
 * it, which a plain `z.iso.datetime()` refuses, and the server lets null pass for a field that may be left out.
 * All other values stay as they are.
 */
export function asSentByForm(schema: z.core.$ZodType, value: unknown): unknown {
  const { def } = schema._zod as z.core.$ZodTypes["_zod"];
  if (def.type === "object") return isRecord(value) ? fields(def.shape, value) : value;
  if (def.type === "array")
    return Array.isArray(value) ? value.map((item) => asSentByForm(def.element, item)) : value;
  if ("innerType" in def) return asSentByForm(def.innerType, value);
  if (def.type === "pipe") return asSentByForm(def.in, value);
  if (isUtcOnly(def) && typeof value === "string" && zoned.test(value)) return inUtc(value);
  return value;
}

function fields(shape: z.core.$ZodShape, value: Record<string, unknown>): Record<string, unknown> {
  const result = { ...value };
  for (const [name, field] of Object.entries(shape)) {
    if (!Object.hasOwn(result, name)) continue;
    if (result[name] === null && field._zod.optin !== undefined && !takesNull(field)) delete result[name];
    else result[name] = asSentByForm(field, result[name]);
  }
  return result;
}

function takesNull(schema: z.core.$ZodType): boolean {
  const { def } = schema._zod as z.core.$ZodTypes["_zod"];
  if (def.type === "nullable" || def.type === "null" || def.type === "any" || def.type === "unknown")
    return true;
  if (def.type === "union") return def.options.some(takesNull);
  if (def.type === "literal") return def.values.includes(null);
  if ("innerType" in def) return takesNull(def.innerType);
  if (def.type === "pipe") return takesNull(def.in);
  // Coercion and code of one's own may take anything.
  return (
    ("coerce" in def && def.coerce === true) ||
    def.type === "transform" ||
    def.type === "custom" ||
    def.type === "lazy"
  );
}

function isUtcOnly(def: object): boolean {
  return "format" in def && def.format === "datetime" && !("offset" in def && def.offset === true);
}

function inUtc(text: string): string {
  const moment = new Date(text);
  if (Number.isNaN(moment.getTime())) return text;
  return text.includes(".") ? moment.toISOString() : moment.toISOString().replace(".000Z", "Z");
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
