import { Command } from "commander";
import { errorText } from "../prefect/errors.ts";
import { print } from "./output.ts";
import type { Session } from "./session.ts";
import { readVersion } from "./version-number.ts";

/** `prefect-ts version`: what runs here, and which server it speaks to. */
export function versionCommand(session: Session): Command {
  return new Command("version")
    .description("Get the versions of prefect-ts, Node and the server.")
    .action(async () => {
      const lines: [string, string][] = [
        ["Version", readVersion()],
        ["Node version", process.versions.node],
        ["OS/Arch", `${process.platform}/${process.arch}`],
        ["API URL", describe(() => session.settings.apiUrl)],
        ["Server version", await session.withClient((client) => client.version()).catch(unavailable)],
      ];
      for (const [name, value] of lines) print(`${`${name}:`.padEnd(21)} ${value}`);
    });
}

function describe(read: () => string): string {
  try {
    return read();
  } catch (error) {
    return unavailable(error);
  }
}

function unavailable(error: unknown): string {
  return `unknown: ${errorText(error)}`;
}
