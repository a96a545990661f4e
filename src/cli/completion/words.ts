import type { Command } from "commander";
import type { Noun } from "../noun.ts";
import type { Session } from "../session.ts";

/** What may follow the words of one command: its verbs and its options. */
export interface CommandWords {
  /** The words before, as `work-pool create`; empty for the program itself. */
  path: string;
  commands: { name: string; summary: string }[];
  /** Long flags, as `--pool`. */
  flags: { name: string; summary: string }[];
}

const common = [
  { name: "--profile", summary: "Select a profile for this CLI run." },
  { name: "--help", summary: "display help for command" },
];

/** The words of all commands, the program first. */
export async function commandWords(nouns: Noun[], session: Session): Promise<CommandWords[]> {
  const program: CommandWords = {
    path: "",
    commands: nouns.map(({ name, summary }) => ({ name, summary })),
    flags: [...common, { name: "--version", summary: "Show the version." }],
  };
  const made = await Promise.all(nouns.map(async (noun) => (await noun.load())(session)));
  return [program, ...made.flatMap((command) => wordsOf(command, command.name()))];
}

function wordsOf(command: Command, path: string): CommandWords[] {
  const words: CommandWords = {
    path,
    commands: command.commands.map((verb) => ({ name: verb.name(), summary: verb.description() })),
    flags: [
      ...command.options.flatMap(({ long, description }) =>
        long == null ? [] : [{ name: long, summary: description }],
      ),
      ...common,
    ],
  };
  return [words, ...command.commands.flatMap((verb) => wordsOf(verb, `${path} ${verb.name()}`))];
}
