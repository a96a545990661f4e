import { Command, type Option } from "commander";
import { exitCodes, reportError } from "./errors.ts";
import { findNoun, nouns } from "./nouns.ts";
import { onStderr, onStdout } from "./output.ts";
import { type GlobalOptions, Session } from "./session.ts";
import { longFlags } from "./short-flags.ts";

/** Parses the words, runs the verb and gives the exit code. Only the noun that is asked for is loaded. */
export async function run(words: string[]): Promise<number> {
  const argv = longFlags(words);
  const program = new Command("prefect-ts");
  const session = new Session(() => program.opts<GlobalOptions>());
  program
    .description("Prefect for Node: deploy flows, run them, and start workers, against any Prefect server.")
    .option("--profile <name>", "Select a profile for this CLI run.")
    .option("--prompt", "Ask questions where something is missing (on a terminal).")
    .option("--no-prompt", "Never ask questions.")
    .option("--debug", "Show where an error comes from.")
    .addHelpText("after", examples);
  const chosen = findNoun(argv);
  for (const noun of nouns) {
    if (noun !== chosen) {
      program.command(noun.name).summary(noun.summary).aliases(noun.aliases);
      continue;
    }
    const make = await noun.load();
    program.addCommand(make(session).summary(noun.summary).aliases(noun.aliases));
  }
  prepare(program);
  try {
    const asked = nounAlone(program, argv);
    if (asked === undefined) await program.parseAsync(argv, { from: "user" });
    else asked.outputHelp();
    return exitCodes.ok;
  } catch (error) {
    return reportError(error, session.debug);
  }
}

/** `prefect-ts` or `prefect-ts worker` with nothing more is a question, not a mistake: its verbs are shown. */
function nounAlone(program: Command, argv: string[]): Command | undefined {
  if (argv.length === 0) return program;
  const noun = program.commands.find((command) =>
    [command.name(), ...command.aliases()].includes(argv[0] ?? ""),
  );
  return argv.length === 1 && noun !== undefined && noun.commands.length > 0 ? noun : undefined;
}

/** Gives every command the same behaviour: errors are thrown here instead of ending the process. */
function prepare(command: Command): void {
  command
    .exitOverride((error) => {
      throw error;
    })
    .showHelpAfterError(`Run ${fullName(command)} --help to see what it takes.`)
    .configureOutput({
      outputError: (text, write) => write(onStderr.red(text)),
      getOutHasColors: () => onStdout.isColorSupported,
      getErrHasColors: () => onStderr.isColorSupported,
    })
    .configureHelp({
      optionDescription: describeOption,
      styleTitle: (text) => onStdout.bold(text),
      styleCommandText: (text) => onStdout.cyan(text),
      styleOptionText: (text) => onStdout.cyan(text),
    });
  for (const child of command.commands) prepare(child);
}

/** Shows a default only where it tells something: not for switches that are off or lists that are empty. */
function describeOption(option: Option): string {
  const value: unknown = option.defaultValue;
  const telling = typeof value === "string" || typeof value === "number";
  return telling ? `${option.description} (default: ${value})` : option.description;
}

function fullName(command: Command): string {
  return command.parent === null ? command.name() : `${fullName(command.parent)} ${command.name()}`;
}

const examples = `
Examples, in the order of a first day:
  $ export PREFECT_API_URL=http://127.0.0.1:4200/api       which server to talk to
  $ prefect-ts work-pool create dev-process --type process
  $ prefect-ts deploy --all                                what prefect.yaml lists
  $ prefect-ts worker start --pool dev-process             runs the flows; leave it running
  $ prefect-ts deployment run "Migrate Users/migrate-users-dev" --watch
  $ prefect-ts flow-run ls

prefect-ts COMMAND --help shows the options and examples of one command.`;
