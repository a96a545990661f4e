import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { profilesPath, type RawSettings, readSettingsSources } from "./sources.ts";
import { toml } from "./toml.ts";

interface ProfilesFile {
  active?: string;
  profiles?: Record<string, RawSettings>;
}

/** Names of the profiles that Prefect has without any file. */
const builtIn = new Set(["ephemeral", "local", "cloud", "test"]);

/** The settings of one profile of `profiles.toml`; undefined when there is no profile of that name. */
export function readProfile(name: string, env: NodeJS.ProcessEnv, cwd: string): RawSettings | undefined {
  const source = readSettingsSources({ ...env, PREFECT_PROFILE: name }, cwd).find(
    (candidate) => candidate.name === `profile ${name}`,
  );
  if (source !== undefined && Object.keys(source.values).length > 0) return source.values;
  return builtIn.has(name) || readFile(pathOf(env, cwd)).profiles?.[name] !== undefined ? {} : undefined;
}

/** The active profile: its name, and what it sets. */
export function readActiveProfile(
  env: NodeJS.ProcessEnv,
  cwd: string,
): { name: string; values: RawSettings } {
  const source = readSettingsSources(env, cwd).at(-1);
  return { name: (source?.name ?? "").replace(/^profile /, ""), values: source?.values ?? {} };
}

/**
 * Lays settings into the active profile and writes `profiles.toml`; what is undefined is taken out of it. Gives the
 * profile's name.
 */
export function updateActiveProfile(
  changes: Record<string, string | undefined>,
  env: NodeJS.ProcessEnv,
  cwd: string,
): string {
  const path = pathOf(env, cwd);
  const file = readFile(path);
  const active = env.PREFECT_PROFILE ?? file.active ?? "ephemeral";
  const values: RawSettings = {};
  for (const [name, value] of Object.entries({ ...file.profiles?.[active], ...changes })) {
    if (value !== undefined) values[name] = value;
  }
  const profiles = { ...file.profiles, [active]: values };
  mkdirSync(dirname(path), { recursive: true });
  // Written beside and moved into place: another command line may be reading it.
  const fresh = `${path}.${process.pid}.tmp`;
  writeFileSync(fresh, toml().stringify({ ...file, active: file.active ?? active, profiles }), {
    mode: 0o600,
  });
  renameSync(fresh, path);
  return active;
}

function pathOf(env: NodeJS.ProcessEnv, cwd: string): string {
  const settings: RawSettings = {};
  for (const source of readSettingsSources(env, cwd).reverse()) Object.assign(settings, source.values);
  return profilesPath(settings);
}

function readFile(path: string): ProfilesFile {
  try {
    return toml().parse(readFileSync(path, "utf8")) as ProfilesFile;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return {};
    throw error;
  }
}
