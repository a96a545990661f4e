import { PrefectError } from "../errors.ts";
import type { RawSettings } from "./sources.ts";

/** Each reads one setting. @throws PrefectError SETTINGS_INVALID that names it, the value seen and what it takes */
export function readBoolean(raw: RawSettings, name: string, fallback: boolean): boolean {
  const value = raw[name];
  if (value === undefined) return fallback;
  if (/^(1|true|yes|y|on|t)$/i.test(value)) return true;
  if (/^(0|false|no|n|off|f)$/i.test(value)) return false;
  throw new PrefectError("SETTINGS_INVALID", `${name} is "${value}": give true or false.`);
}

export type Range = "above 0" | "0 or more";

export function readNumber(
  raw: RawSettings,
  name: string,
  fallback: number,
  range: Range = "above 0",
): number {
  return readOptionalNumber(raw, name, range) ?? fallback;
}

export function readOptionalNumber(
  raw: RawSettings,
  name: string,
  range: Range = "above 0",
): number | undefined {
  const value = raw[name];
  if (value === undefined) return undefined;
  const number = value.trim() === "" ? Number.NaN : Number(value);
  if (Number.isFinite(number) && (range === "above 0" ? number > 0 : number >= 0)) return number;
  throw new PrefectError("SETTINGS_INVALID", `${name} is "${value}": give a number ${range}.`);
}
