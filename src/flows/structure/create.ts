import type { Statements } from "../../specify/database.ts";
import type { LockedSession } from "../../specify/locked-session.ts";
import { createCollection, type NewCollection } from "../../specify/structure/collection.ts";
import { createDiscipline, type NewDiscipline } from "../../specify/structure/discipline.ts";
import { createDivision, type NewDivision } from "../../specify/structure/division.ts";

/** A row that was to be created. */
export interface Made {
  id: number;
  /** False: it is there already, by another run, since the structure was read. */
  isNew: boolean;
}

/**
 * Creates rows of a structure, each with all that belongs to it in one transaction. Within this it looks for the row once more:
 * the structure was read a while ago, and since then another run, or somebody in Specify, may have created it.
 */
export class StructureWriter {
  readonly #session: LockedSession;
  readonly #log: (message: string) => void;

  constructor(session: LockedSession, log: (message: string) => void) {
    this.#session = session;
    this.#log = log;
  }

  async division(division: NewDivision): Promise<Made> {
    const { institutionId, name } = division;
    let agents = 0;
    const made = await this.#once(
      async (statements) => {
        const created = await createDivision(statements, division);
        agents = created.agents;
        return created.id;
      },
      `SELECT usergroupscopeid AS id FROM division WHERE InstitutionID = ? AND ${sameText("Name")}`,
      [institutionId, name],
    );
    const users = agents === 1 ? "an agent of a user" : `agents of ${agents} users`;
    this.#tell(made, `division "${name}" (number ${made.id})`, agents > 0 ? ` with ${users}` : "");
    return made;
  }

  async discipline(discipline: NewDiscipline): Promise<Made> {
    const { name, type, captionsFrom } = discipline;
    const made = await this.#once(
      (statements) => createDiscipline(statements, discipline),
      `SELECT usergroupscopeid AS id FROM discipline WHERE ${sameText("Name")}`,
      [name],
    );
    this.#tell(
      made,
      `discipline "${name}" (${type}, number ${made.id})`,
      `, schema captions copied from ${captionsFrom === undefined ? "nowhere" : `discipline ${captionsFrom}`}`,
    );
    return made;
  }

  async collection(collection: NewCollection): Promise<Made> {
    const { disciplineId, code } = collection;
    const made = await this.#once(
      (statements) => createCollection(statements, collection),
      `SELECT usergroupscopeid AS id FROM collection WHERE DisciplineID = ? AND ${sameText("Code")}`,
      [disciplineId, code],
    );
    this.#tell(made, `collection ${code} (number ${made.id}) of discipline ${disciplineId}`, "");
    return made;
  }

  /** Does `work`, which gives the number of a new row, unless `find` finds the row; and once, also when the connection is lost. */
  #once(
    work: (statements: Statements) => Promise<number>,
    find: string,
    values: (string | number)[],
  ): Promise<Made> {
    return this.#session.transaction<Made>(
      async (statements) => {
        const [found] = await statements.query<{ id: number }>(`${find} ORDER BY 1 LIMIT 1`, values);
        if (found) return { id: found.id, isNew: false };
        return { id: await work(statements), isNew: true };
      },
      async (statements, { id }) => {
        const rows = await statements.query<{ id: number }>(`${find} LOCK IN SHARE MODE`, values);
        return rows.some((row) => row.id === id);
      },
    );
  }

  #tell({ isNew }: Made, what: string, more: string): void {
    this.#log(isNew ? `Created ${what}${more}` : `Found ${what}: somebody else has created it meanwhile`);
  }
}

/** How `nameKeys` compares, too: without regard to case, or to spaces around. */
function sameText(column: string): string {
  return `LOWER(TRIM(${column})) = LOWER(TRIM(?))`;
}
