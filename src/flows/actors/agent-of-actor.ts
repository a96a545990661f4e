import type { ExactDate } from "../../oracle/dates.ts";
import { AGENT_TYPE, type NewAgent } from "../../specify/agents.ts";
import type { TextColumns } from "../../specify/columns.ts";
import { changeInWords, cutText, fitText, type TextChange } from "../../specify/fit-text.ts";
import { agentDate, readableDate } from "./agent-date.ts";
import type { OracleActor } from "./oracle-actors.ts";
import { actorMarker, type MusitSchema } from "./schemas.ts";

const MAX_INSTITUTION = 200;
const MAX_NOTE = 500;
const UNKNOWN = "(unknown)";
const ORGANIZATION = "(organization)";

/** Said of each value that does not go in whole: such as "agent.Email had 70 characters, cut to 50". Never the value of a text. */
export type NoteCut = (line: string) => void;

/** The agent that an actor becomes. */
export function agentOfActor(
  actor: OracleActor,
  schema: MusitSchema,
  columns: TextColumns,
  note: NoteCut,
): NewAgent {
  const tell = (change: TextChange): void => note(changeInWords(change));
  const fitted = (value: string | null, column: string): string | null =>
    fitText(value, column, columns, tell);
  const agentType = agentTypeOf(actor.type);
  return {
    agentType,
    firstName: fitted(actor.givenName, "agent.FirstName"),
    lastName: fitted(lastNameOf(actor, agentType), "agent.LastName") ?? UNKNOWN,
    middleInitial: fitted(actor.middleName, "agent.MiddleInitial"),
    title: fitted(actor.title, "agent.Title"),
    email: fitted(actor.email, "agent.Email"),
    dateOfBirth: dated(actor.birth, "agent.DateOfBirth", note),
    dateOfDeath: dated(actor.death, "agent.DateOfDeath", note),
    remarks: fitted(remarksOf(actor, schema, note), "agent.Remarks"),
  };
}

/** MUSIT: 0 is a person, 1 an organisation, 2 a group; what is not said is a person. */
function agentTypeOf(actorType: number | string | null): number {
  return actorType === 1 || actorType === 2 ? AGENT_TYPE.organization : AGENT_TYPE.person;
}

function lastNameOf({ surname, givenName, actorName }: OracleActor, agentType: number): string {
  if (surname !== null) return surname;
  if (agentType === AGENT_TYPE.organization) return actorName ?? ORGANIZATION;
  return (givenName === null ? actorName : null) ?? UNKNOWN;
}

/** The marker comes first: by it the agent is found again. */
function remarksOf({ id, institution, note: text }: OracleActor, schema: MusitSchema, note: NoteCut): string {
  let remarks = `${actorMarker(schema)}${id}`;
  const add = (name: string, value: string, maxLength: number): void => {
    const cut = cutText(value, maxLength, (length) => {
      note(`${name} in agent.Remarks had ${length} characters, cut to ${maxLength}`);
    });
    remarks += `; ${name}=${cut}`;
  };
  if (institution !== null) add("institution", institution, MAX_INSTITUTION);
  if (text !== null) add("oracle_note", text, MAX_NOTE);
  return remarks;
}

function dated(date: ExactDate | null, column: string, note: NoteCut): string | null {
  if (date === null) return null;
  const text = agentDate(date);
  if (text === undefined) note(`${column} cannot hold ${readableDate(date)}, left empty`);
  return text ?? null;
}
