import { readSettingsSources } from "../../prefect/settings/sources.ts";
import { onStdout, print, printJson } from "../output.ts";
import type { Session } from "../session.ts";

export interface ViewOptions {
  hideSources?: boolean;
  showSecrets?: boolean;
  output?: string;
}

interface Shown {
  name: string;
  value: string;
  source: string;
}

/** Settings whose value is shown only when asked for. */
const secret = /_(KEY|AUTH_STRING|PASSWORD|TOKEN|SECRET|CUSTOM_HEADERS|CONNECTION_URL)$/;

/** `prefect-ts config view`: each setting that is set, from the strongest place that sets it. */
export function viewSettings(session: Session, options: ViewOptions): void {
  const sources = readSettingsSources(session.environment, process.cwd());
  const profile = sources.at(-1)?.name.replace(/^profile /, "") ?? "";
  const settings = shown(sources, options.showSecrets === true);
  if (options.output === "json") {
    const listed = options.hideSources ? settings.map(({ name, value }) => ({ name, value })) : settings;
    printJson({ profile, settings: listed });
    return;
  }
  print(onStdout.bold(onStdout.blue(`PREFECT_PROFILE='${profile}'`)));
  for (const { name, value, source } of settings) {
    print(`${name}='${value}'${options.hideSources ? "" : ` (from ${source})`}`);
  }
}

function shown(sources: ReturnType<typeof readSettingsSources>, secrets: boolean): Shown[] {
  const found = new Map<string, Shown>();
  for (const { name: place, values } of sources) {
    const source = place.startsWith("profile ") ? "profile" : place;
    for (const [name, value] of Object.entries(values)) {
      // The profile is named above the list.
      if (name === "PREFECT_PROFILE" || found.has(name)) continue;
      found.set(name, { name, value: secret.test(name) && !secrets ? "********" : value, source });
    }
  }
  return [...found.values()].sort((one, other) => one.name.localeCompare(other.name));
}
