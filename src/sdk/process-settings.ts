import { type RetryDefaults, type RunSettings, readRunSettings } from "../prefect/settings/run-settings.ts";
import { rawSettings } from "../prefect/settings/settings.ts";
import type { RawSettings } from "../prefect/settings/sources.ts";
import type { RetryDelay } from "./delays.ts";

let raw: RawSettings | undefined;
let ofRuns: RunSettings | undefined;

/** Settings of this process, read once, when they are first needed: a flow called as a plain function has no server. */
export function processSettings(): RawSettings {
  raw ??= rawSettings(process.env, process.cwd());
  return raw;
}

/** @throws PrefectError SETTINGS_INVALID */
export function runSettings(): RunSettings {
  ofRuns ??= readRunSettings(processSettings());
  return ofRuns;
}

/** The environment has changed: settings are read once more when they are next needed. */
export function forgetProcessSettings(): void {
  raw = undefined;
  ofRuns = undefined;
}

/** The options of a flow or task, with the settings' retries where it says nothing of them. */
export function withDefaultRetries<Options extends { retries?: number; retryDelaySeconds?: RetryDelay }>(
  options: Options,
  { retries, retryDelaySeconds }: RetryDefaults,
): Options {
  return {
    ...(retries > 0 && { retries }),
    ...(retryDelaySeconds !== 0 && { retryDelaySeconds }),
    ...options,
  };
}
