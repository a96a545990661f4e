import { Argument, Command } from "commander";
import { bashScript, fishScript, zshScript } from "./completion/scripts.ts";
import { commandWords } from "./completion/words.ts";
import type { MakeCommand, Noun } from "./noun.ts";
import { print } from "./output.ts";

const scripts = { bash: bashScript, zsh: zshScript, fish: fishScript };

/** `prefect-ts completion`: prints a script that a shell reads at its start. `nouns` are all that it completes. */
export const completionCommand =
  (nouns: Noun[]): MakeCommand =>
  (session) =>
    new Command("completion")
      .description("Print a script that completes nouns, verbs and options in a shell.")
      .addArgument(new Argument("<shell>", "The shell.").choices(Object.keys(scripts)))
      .addHelpText(
        "after",
        `
Examples:
  $ echo 'source <(prefect-ts completion bash)' >> ~/.bashrc
  $ echo 'source <(prefect-ts completion zsh)' >> ~/.zshrc
  $ prefect-ts completion fish > ~/.config/fish/completions/prefect-ts.fish`,
      )
      .action(async (shell: keyof typeof scripts) =>
        print(scripts[shell](await commandWords(nouns, session))),
      );
