import { newGuid } from "../agents.ts";
import type { Statements } from "../database.ts";
import { copyPickLists, copyPreparationTypes } from "./copied-rows.ts";
import { insertRow, nextScopeId } from "./rows.ts";

/** A collection to be made. */
export interface NewCollection {
  disciplineId: number;
  code: string;
  name: string;
  /** Name of the format of its catalogue numbers, such as "CatalogNumberNumeric". */
  catalogNumberFormat: string;
  /** Collections to copy from; undefined where no collection has any of these rows. */
  preparationTypesFrom: number | undefined;
  pickListsFrom: number | undefined;
}

/**
 * Inserts a collection with the rows that Specify 7.12's own setup makes for it: its type of collection objects, preparation types
 * and pick lists. To be called in a transaction. Returns its number.
 * @throws Error when its discipline has no taxon tree, which the type of collection objects needs
 */
export async function createCollection(statements: Statements, collection: NewCollection): Promise<number> {
  const { disciplineId, code, name } = collection;
  const [discipline] = await statements.query<{ name: string; taxonTreeId: number | null }>(
    "SELECT Name AS name, TaxonTreeDefID AS taxonTreeId FROM discipline WHERE usergroupscopeid = ?",
    [disciplineId],
  );
  if (!discipline || discipline.taxonTreeId === null) {
    throw new Error(
      `The discipline ${discipline?.name ?? disciplineId} has no taxon tree. Add one in Specify; then run again.`,
    );
  }
  const id = await nextScopeId(statements, "collection");
  await insertRow(statements, "collection", {
    usergroupscopeid: id,
    Code: code,
    CollectionName: name,
    CatalogFormatNumName: collection.catalogNumberFormat,
    GUID: newGuid(),
    IsEmbeddedCollectingEvent: 0,
    DisciplineID: disciplineId,
  });
  const typeId = await insertRow(statements, "collectionobjecttype", {
    Name: discipline.name,
    CollectionID: id,
    TaxonTreeDefID: discipline.taxonTreeId,
  });
  await statements.query("UPDATE collection SET CollectionObjectTypeID = ? WHERE usergroupscopeid = ?", [
    typeId,
    id,
  ]);
  const { preparationTypesFrom, pickListsFrom } = collection;
  if (preparationTypesFrom !== undefined) await copyPreparationTypes(statements, preparationTypesFrom, id);
  if (pickListsFrom !== undefined) await copyPickLists(statements, pickListsFrom, id);
  return id;
}
