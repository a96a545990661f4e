import type { Statements } from "../database.ts";
import { RowCopier } from "./copy-rows.ts";

const CONTAINER = {
  name: "splocalecontainer",
  primaryKey: "splocalecontainerid",
  ids: "SELECT splocalecontainerid AS id FROM splocalecontainer WHERE DisciplineID = ?",
};
const ITEM = {
  name: "splocalecontaineritem",
  primaryKey: "splocalecontaineritemid",
  ids:
    "SELECT i.splocalecontaineritemid AS id FROM splocalecontaineritem i " +
    "JOIN splocalecontainer c ON c.splocalecontainerid = i.SpLocaleContainerID WHERE c.DisciplineID = ?",
};
const CAPTION = { name: "splocaleitemstr", primaryKey: "splocaleitemstrid" };
const RULE = {
  name: "uniquenessrule",
  primaryKey: "uniquenessruleid",
  ids: "SELECT uniquenessruleid AS id FROM uniquenessrule WHERE DisciplineID = ?",
};
const RULE_FIELD = { name: "uniquenessrule_fields", primaryKey: "uniquenessrule_fieldid" };
const PREPARATION_TYPE = { name: "preptype", primaryKey: "preptypeid" };
const PICK_LIST = {
  name: "picklist",
  primaryKey: "picklistid",
  ids: "SELECT picklistid AS id FROM picklist WHERE CollectionID = ?",
};
const PICK_LIST_ITEM = { name: "picklistitem", primaryKey: "picklistitemid" };

/** Copies the schema captions of a discipline: its tables (`splocalecontainer`), their fields, and the names and descriptions of both. */
export async function copySchemaCaptions(statements: Statements, from: number, to: number): Promise<void> {
  const copier = new RowCopier(statements);
  await copier.copyOwned(CONTAINER, "DisciplineID", from, to);
  await copier.compare(CONTAINER, from, to);
  await copier.copyReferring(ITEM, "SpLocaleContainerID", CONTAINER, from, to);
  await copier.compare(ITEM, from, to);
  for (const reference of ["SpLocaleContainerNameID", "SpLocaleContainerDescID"]) {
    await copier.copyReferring(CAPTION, reference, CONTAINER, from, to);
  }
  for (const reference of ["SpLocaleContainerItemNameID", "SpLocaleContainerItemDescID"]) {
    await copier.copyReferring(CAPTION, reference, ITEM, from, to);
  }
}

/** Copies the uniqueness rules of a discipline. (Rules of no discipline hold for all.) */
export async function copyUniquenessRules(statements: Statements, from: number, to: number): Promise<void> {
  const copier = new RowCopier(statements);
  await copier.copyOwned(RULE, "DisciplineID", from, to);
  await copier.compare(RULE, from, to);
  await copier.copyReferring(RULE_FIELD, "uniquenessruleid", RULE, from, to);
}

/** Copies the preparation types of a collection. */
export async function copyPreparationTypes(statements: Statements, from: number, to: number): Promise<void> {
  await new RowCopier(statements).copyOwned(PREPARATION_TYPE, "CollectionID", from, to);
}

/** Copies the pick lists of a collection with their items. */
export async function copyPickLists(statements: Statements, from: number, to: number): Promise<void> {
  const copier = new RowCopier(statements);
  await copier.copyOwned(PICK_LIST, "CollectionID", from, to);
  await copier.compare(PICK_LIST, from, to);
  await copier.copyReferring(PICK_LIST_ITEM, "PickListID", PICK_LIST, from, to);
}
