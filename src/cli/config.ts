import { Command } from "commander";
import { loadSettings } from "../prefect/settings/settings.ts";
import { setSettings, unsetSettings } from "./config/change.ts";
import { type ViewOptions, viewSettings } from "./config/view.ts";
import { withOutput } from "./options.ts";
import { onStdout, print } from "./output.ts";
import type { Session } from "./session.ts";

/** `prefect-ts config`: view, set, unset, validate. It reads and writes the profiles that Prefect's own command line has. */
export function configCommand(session: Session): Command {
  const noun = new Command("config").description("View and set Prefect settings.");
  noun.addCommand(view(session));
  noun.addCommand(
    new Command("set")
      .description("Change the value for a setting by setting the value in the current profile.")
      .argument("<settings...>", "Settings in VAR=VAL format.")
      .addHelpText(
        "after",
        `\nExamples:\n  $ prefect-ts config set PREFECT_API_URL=http://127.0.0.1:4200/api`,
      )
      .action((settings: string[]) => setSettings(session, settings)),
  );
  noun.addCommand(
    new Command("unset")
      .description("Restore the default value for a setting. Removes the setting from the current profile.")
      .argument("<names...>", "Setting names to unset.")
      .option("-y, --yes", "Skip confirmation.")
      .action((names: string[], { yes }: { yes?: boolean }) => unsetSettings(session, names, yes === true)),
  );
  noun.addCommand(
    new Command("validate").description("Read and check all settings.").action(() => {
      loadSettings(session.environment);
      print(onStdout.green("Configuration valid!"));
    }),
  );
  return noun;
}

function view(session: Session): Command {
  return withOutput(new Command("view"))
    .description("Display the settings that are set, and where each comes from.")
    .option("--hide-sources", "Don't show where values come from.")
    .option("--show-secrets", "Show secret values.")
    .action((options: ViewOptions) => viewSettings(session, options));
}
