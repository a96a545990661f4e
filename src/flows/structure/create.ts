import type { Statements } from "../../specify/database.ts";
import type { LockedSession } from "../../specify/locked-session.ts";
import { createCollection, type NewCollection } from "../../specify/structure/collection.ts";
import { createDiscipline, type NewDiscipline } from "../../specify/structure/discipline.ts";
import { createDivision, type NewDivision } from "../../specify/structure/division.ts";

/** Creates rows of a structure, each with all that belongs to it in one transaction; gives their numbers. */
export class StructureWriter {
  readonly #session: LockedSession;
  readonly #log: (message: string) => void;

  constructor(session: LockedSession, log: (message: string) => void) {
    this.#session = session;
    this.#log = log;
  }

  async division(division: NewDivision): Promise<number> {
    const { id, agents } = await this.#once(
      (statements) => createDivision(statements, division),
      "SELECT usergroupscopeid FROM division WHERE InstitutionID = ? AND Name = ?",
      [division.institutionId, division.name],
    );
    const users = agents === 1 ? "an agent of a user" : `agents of ${agents} users`;
    this.#log(`Created division "${division.name}" (number ${id})${agents > 0 ? ` with ${users}` : ""}`);
    return id;
  }

  async discipline(discipline: NewDiscipline): Promise<number> {
    const id = await this.#once(
      (statements) => createDiscipline(statements, discipline),
      "SELECT usergroupscopeid FROM discipline WHERE Name = ?",
      [discipline.name],
    );
    this.#log(
      `Created discipline "${discipline.name}" (${discipline.type}, number ${id}), ` +
        `schema captions copied from ${discipline.captionsFrom === undefined ? "nowhere" : `discipline ${discipline.captionsFrom}`}`,
    );
    return id;
  }

  async collection(collection: NewCollection): Promise<number> {
    const id = await this.#once(
      (statements) => createCollection(statements, collection),
      "SELECT usergroupscopeid FROM collection WHERE DisciplineID = ? AND Code = ?",
      [collection.disciplineId, collection.code],
    );
    this.#log(
      `Created collection ${collection.code} (number ${id}) of discipline ${collection.disciplineId}`,
    );
    return id;
  }

  /** Does `work` so that it happens once, also when the connection is lost while its commit is being answered. */
  #once<T>(
    work: (statements: Statements) => Promise<T>,
    exists: string,
    values: (string | number)[],
  ): Promise<T> {
    return this.#session.transaction(work, async (statements) => {
      return (await statements.query(`${exists} LOCK IN SHARE MODE`, values)).length > 0;
    });
  }
}
