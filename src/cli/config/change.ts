import { readActiveProfile, updateActiveProfile } from "../../prefect/settings/profiles.ts";
import type { RawSettings } from "../../prefect/settings/sources.ts";
import { CliError, usageError } from "../errors.ts";
import { onStdout, print } from "../output.ts";
import { confirm } from "../prompt.ts";
import type { Session } from "../session.ts";

/** Where the profiles lie can't be said in a profile. */
const environmentOnly = new Set(["PREFECT_HOME", "PREFECT_PROFILES_PATH"]);

/** `prefect-ts config set`. All words are checked before anything is written. */
export function setSettings(session: Session, words: string[]): void {
  const changes: RawSettings = {};
  for (const word of words) {
    const equals = word.indexOf("=");
    if (equals < 1) throw usageError(`Failed to parse argument '${word}'. Use the format 'VAR=VAL'.`);
    const name = checkedName(word.slice(0, equals));
    if (environmentOnly.has(name)) {
      throw usageError(
        `Setting '${name}' cannot be changed with this command. Use an environment variable instead.`,
      );
    }
    changes[name] = word.slice(equals + 1);
  }
  const profile = updateActiveProfile(changes, session.environment, process.cwd());
  for (const name of Object.keys(changes)) {
    // The value may be a secret, and a terminal keeps what it showed.
    print(`Set '${name}'.`);
    warnOfEnvironment(name);
  }
  print(onStdout.green(`Updated profile '${profile}'.`));
}

/** `prefect-ts config unset`: asks first on a terminal, unless `yes`. */
export async function unsetSettings(session: Session, words: string[], yes: boolean): Promise<void> {
  const names = [...new Set(words.map(checkedName))];
  const active = readActiveProfile(session.environment, process.cwd());
  for (const name of names) {
    if (active.values[name] === undefined) {
      throw new CliError(
        `'${name}' is not set in profile '${active.name}'. prefect-ts config view shows what is.`,
      );
    }
  }
  const question = `Are you sure you want to unset the following setting(s): ${names.join(", ")}?`;
  if (!yes && !(await confirm(session, question))) throw new CliError("Unset aborted.");
  const gone = Object.fromEntries(names.map((name) => [name, undefined]));
  const profile = updateActiveProfile(gone, session.environment, process.cwd());
  for (const name of names) {
    print(`Unset '${name}'.`);
    warnOfEnvironment(name);
  }
  print(onStdout.green(`Updated profile '${profile}'.`));
}

function checkedName(name: string): string {
  if (/^PREFECT_[A-Z0-9_]+$/.test(name)) return name;
  throw usageError(`Unknown setting name '${name}'. Settings have names like PREFECT_API_URL.`);
}

function warnOfEnvironment(name: string): void {
  if (process.env[name] === undefined) return;
  print(
    onStdout.yellow(
      `${name} is also set by an environment variable, which overrides the profile. Run \`unset ${name}\` to clear it.`,
    ),
  );
}
