import { failsEveryRow, sqlMessage } from "../../specify/errors.ts";
import type { Made, StructureWriter } from "./create.ts";
import type { CollectionPlan, DisciplinePlan, DivisionPlan, StructurePlan } from "./plan.ts";

/** A row of the file that was created, or would be. */
export interface CreatedRow {
  kind: "division" | "discipline" | "collection";
  /** With the names of what it belongs to. */
  name: string;
}

/** What became of the rows of the file. */
export interface WrittenStructure {
  created: CreatedRow[];
  skipped: CreatedRow[];
  /** One line for each row that was not created, though it is missing. */
  errors: string[];
}

/**
 * Goes through the plan. Without a writer (a dry run) it only counts what would happen.
 * @throws what would fail every row (connection, rights); the signal's reason, between two rows
 */
export async function writeStructure(
  { institutionId, divisions }: StructurePlan,
  writer: StructureWriter | undefined,
  signal: AbortSignal,
): Promise<WrittenStructure> {
  const written: WrittenStructure = { created: [], skipped: [], errors: [] };
  for (const division of divisions) await writeDivision(division);
  return written;

  async function writeDivision(plan: DivisionPlan): Promise<void> {
    const { name } = plan.config;
    const id = await row({ kind: "division", name }, plan.existing, () =>
      writer?.division({ institutionId, name }),
    );
    for (const discipline of plan.disciplines) await writeDiscipline(discipline, id, name);
  }

  async function writeDiscipline(
    plan: DisciplinePlan,
    divisionId: Done,
    divisionName: string,
  ): Promise<void> {
    const { name, type, geography_tree, taxon_tree } = plan.config;
    const { captionsFrom, uniquenessRulesFrom } = plan;
    const id = await row({ kind: "discipline", name: `${divisionName} / ${name}` }, plan.existing, () => {
      if (divisionId === "failed") throw new NotMadeError(`division "${divisionName}"`);
      return writer?.discipline({
        divisionId: numberOf(divisionId),
        name,
        type,
        geographyTreeName: geography_tree.name,
        taxonTreeName: taxon_tree.name,
        captionsFrom,
        uniquenessRulesFrom,
      });
    });
    for (const collection of plan.collections) await writeCollection(collection, id, name);
  }

  async function writeCollection(
    plan: CollectionPlan,
    disciplineId: Done,
    discipline: string,
  ): Promise<void> {
    const { code, name, catalognumberformatname } = plan.config;
    const { preparationTypesFrom, pickListsFrom, refused } = plan;
    await row({ kind: "collection", name: `${discipline} / ${code}` }, plan.existing, () => {
      if (refused !== undefined) throw new RefusedError(refused);
      if (disciplineId === "failed") throw new NotMadeError(`discipline "${discipline}"`);
      return writer?.collection({
        disciplineId: numberOf(disciplineId),
        code,
        name,
        catalogNumberFormat: catalognumberformatname,
        preparationTypesFrom,
        pickListsFrom,
      });
    });
  }

  async function row(
    what: CreatedRow,
    existing: number | undefined,
    create: () => Promise<Made> | undefined,
  ): Promise<Done> {
    if (existing !== undefined) {
      written.skipped.push(what);
      return existing;
    }
    signal.throwIfAborted();
    try {
      const made = await create();
      (made?.isNew === false ? written.skipped : written.created).push(what);
      return made?.id ?? "planned";
    } catch (error) {
      if (signal.aborted || failsEveryRow(error)) throw error;
      written.errors.push(`Error creating ${what.kind} "${what.name}": ${sqlMessage(error)}`);
      return "failed";
    }
  }
}

/** The number of a row, or why it has none: it would be made in a real run, or it could not be made. */
type Done = number | "planned" | "failed";

function numberOf(done: Done): number {
  if (typeof done === "number") return done;
  throw new Error("a row was to be written below one that was not");
}

/** What a row belongs to could not be created. */
class NotMadeError extends Error {
  constructor(parent: string) {
    super(`its ${parent} could not be created.`);
  }
}

/** The plan says that it cannot be created. */
class RefusedError extends Error {}
