import type { Command } from "commander";
import type { Session } from "./session.ts";

/** Makes the command of one noun, with its verbs. */
export type MakeCommand = (session: Session) => Command;

/** What can be said after `prefect-ts`. */
export interface Noun {
  name: string;
  aliases: string[];
  summary: string;
  load(): Promise<MakeCommand>;
}
