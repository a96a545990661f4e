import { createHash } from "node:crypto";
import { isCollection } from "../engine/run-inputs.ts";

/**
 * A hash of values that is the same for equal values, whatever the order of an object's keys.
 * @throws TypeError when a value is no data: a function, a connection, an object of a class without `toJSON`
 */
export function hashOf(...values: unknown[]): string {
  return createHash("sha256")
    .update(values.map((value) => canonical(value, "")).join("\n"))
    .digest("hex");
}

function canonical(value: unknown, path: string): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value === "function" || typeof value === "symbol") throw notData(path, `a ${typeof value}`);
  if (typeof value !== "object" || value === null) return String(value);
  if (value instanceof Date) return `date ${value.getTime()}`;
  if (ArrayBuffer.isView(value)) {
    const bytes = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
    return `bytes ${createHash("sha256").update(bytes).digest("hex")}`;
  }
  if (value instanceof Map) return `map ${canonical([...value], path)}`;
  if (value instanceof Set) return `set ${canonical([...value], path)}`;
  if (Array.isArray(value))
    return `[${value.map((item, index) => canonical(item, `${path}[${index}]`)).join()}]`;
  if (isCollection(value)) {
    const fields = value as Record<string, unknown>;
    const keys = Object.keys(fields).sort();
    return `{${keys.map((key) => `${JSON.stringify(key)}:${canonical(fields[key], `${path}.${key}`)}`).join()}}`;
  }
  if ("toJSON" in value && typeof value.toJSON === "function") return canonical(value.toJSON(), path);
  throw notData(path, `an object of ${value.constructor?.name ?? "some class"}`);
}

function notData(path: string, what: string): TypeError {
  return new TypeError(
    `An input${path === "" ? "" : ` (${path.replace(/^\./, "")})`} is ${what}, of which no cache key can be made. ` +
      "Give the task a cacheKeyFn, leave that input out (INPUTS.minus), or cachePolicy: NO_CACHE.",
  );
}
