import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { parseEnv } from "node:util";
import type { TomlTable } from "smol-toml";
import { PrefectError } from "../errors.ts";
import { toml } from "./toml.ts";

/** Setting values by their environment name (`PREFECT_API_URL` …), as text. */
export type RawSettings = Record<string, string>;

/** One place where settings were found. */
export interface SettingsSource {
  /** `env`, `.env`, `prefect.toml`, `pyproject.toml` or `profile NAME`. */
  name: string;
  values: RawSettings;
}

/**
 * Reads every place that Prefect reads, in Prefect's order, strongest first: environment, `.env`, `prefect.toml`,
 * `pyproject.toml [tool.prefect]`, active profile. So both command lines see the same server.
 * @throws PrefectError SETTINGS_INVALID naming the file when it is not valid TOML
 */
export function readSettingsSources(env: NodeJS.ProcessEnv, cwd: string): SettingsSource[] {
  const fromEnv = prefectOnly(env);
  const dotenv = readDotenv(join(cwd, ".env"));
  const prefectToml = flatten(readToml(join(cwd, "prefect.toml")));
  const pyproject = flatten(toolPrefect(readToml(join(cwd, "pyproject.toml"))));
  const above = { ...pyproject, ...prefectToml, ...dotenv, ...fromEnv };
  const profile = readProfile(above);
  return [
    { name: "env", values: fromEnv },
    { name: ".env", values: dotenv },
    { name: "prefect.toml", values: prefectToml },
    { name: "pyproject.toml", values: pyproject },
    { name: `profile ${profile.name}`, values: profile.values },
  ];
}

/** Where `profiles.toml` lies, by Prefect's rules. */
export function profilesPath(settings: RawSettings): string {
  return settings.PREFECT_PROFILES_PATH ?? join(prefectHome(settings), "profiles.toml");
}

/** `PREFECT_HOME`, by default `~/.prefect`. */
export function prefectHome(settings: RawSettings): string {
  return (settings.PREFECT_HOME ?? join(homedir(), ".prefect")).replace(/^~(?=\/|$)/, homedir());
}

function prefectOnly(env: NodeJS.ProcessEnv): RawSettings {
  const found: RawSettings = {};
  for (const [name, value] of Object.entries(env)) {
    // PREFECT__ names carry run identity from a worker to a run; they are not settings.
    if (name.startsWith("PREFECT_") && !name.startsWith("PREFECT__") && value !== undefined && value !== "") {
      found[name] = value;
    }
  }
  return found;
}

function readDotenv(path: string): RawSettings {
  return existsSync(path) ? prefectOnly(parseEnv(readFileSync(path, "utf8"))) : {};
}

function readToml(path: string): TomlTable {
  if (!existsSync(path)) return {};
  try {
    return toml().parse(readFileSync(path, "utf8"));
  } catch (cause) {
    throw new PrefectError("SETTINGS_INVALID", `${path} is not valid TOML. Correct it or move it away.`, {
      cause,
    });
  }
}

function toolPrefect(table: TomlTable): TomlTable {
  const tool = table.tool;
  if (!isTable(tool)) return {};
  return isTable(tool.prefect) ? tool.prefect : {};
}

function readProfile(above: RawSettings): { name: string; values: RawSettings } {
  const table = readToml(profilesPath(above));
  const active = above.PREFECT_PROFILE ?? (typeof table.active === "string" ? table.active : "ephemeral");
  const profiles = isTable(table.profiles) ? table.profiles : {};
  const chosen = profiles[active];
  return { name: active, values: isTable(chosen) ? flatten(chosen, "") : {} };
}

/** `[cli] prompt = false` is `PREFECT_CLI_PROMPT=false`; in a profile the keys are the whole names already. */
function flatten(table: TomlTable, prefix = "PREFECT_"): RawSettings {
  const found: RawSettings = {};
  for (const [key, value] of Object.entries(table)) {
    const name = `${prefix}${key.toUpperCase()}`;
    if (name.endsWith("_CUSTOM_HEADERS") || Array.isArray(value)) found[name] = JSON.stringify(value);
    else if (isTable(value)) Object.assign(found, flatten(value, `${name}_`));
    else found[name] = String(value);
  }
  return found;
}

function isTable(value: unknown): value is TomlTable {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Date);
}
