import type { Connection } from "mariadb";
import { statementsOn } from "../../src/specify/database.ts";
import { createCollection } from "../../src/specify/structure/collection.ts";
import { createDiscipline } from "../../src/specify/structure/discipline.ts";
import { type CaptionTable, schemaCaptions } from "./captions.ts";
import { pickLists, preparationTypes, uniquenessRules } from "./first-rows.ts";

const STAMPS = "UTC_TIMESTAMP(6), UTC_TIMESTAMP(6), 0";

/**
 * What Specify's guided setup ends with: a first discipline, `Karplanter Moser` (botany), with a first collection, `O-V`, and the rows
 * that Specify loads from files of its own. These are what further disciplines and collections are copied from; here they are made
 * up, in the same form and fewer.
 */
export async function seedFirstDiscipline(connection: Connection): Promise<void> {
  const statements = statementsOn(connection);
  await connection.beginTransaction();
  const disciplineId = await createDiscipline(statements, {
    divisionId: 1,
    name: "Karplanter Moser",
    type: "botany",
    geographyTreeName: "Geography",
    taxonTreeName: "Taxon",
    captionsFrom: undefined,
    uniquenessRulesFrom: undefined,
  });
  const collectionId = await createCollection(statements, {
    disciplineId,
    code: "O-V",
    name: "O-V",
    catalogNumberFormat: "CatalogNumberNumeric",
    preparationTypesFrom: undefined,
    pickListsFrom: undefined,
  });
  await insertCaptions(connection, disciplineId);
  await insertRules(connection, disciplineId);
  await insertLists(connection, collectionId);
  await connection.commit();
}

/** Numbers are given here, counting from 1: the tables are empty. */
async function insertCaptions(connection: Connection, disciplineId: number): Promise<void> {
  const tables = schemaCaptions();
  const fields = tables.flatMap((table, at) =>
    table.fields.map((field) => ({ ...field, containerId: at + 1 })),
  );
  await connection.batch(
    `INSERT INTO splocalecontainer (splocalecontainerid, Name, SchemaType, IsHidden, IsSystem, DisciplineID,
                                    TimestampCreated, TimestampModified, version)
     VALUES (?, ?, 0, ?, 0, ${disciplineId}, ${STAMPS})`,
    tables.map(({ name, hidden }, at) => [at + 1, name, Number(hidden)]),
  );
  await connection.batch(
    `INSERT INTO splocalecontaineritem (splocalecontaineritemid, Name, Type, IsHidden, IsRequired, IsSystem, IsUIFormatter,
                                        SpLocaleContainerID, TimestampCreated, TimestampModified, version)
     VALUES (?, ?, ?, ?, ?, 0, 0, ?, ${STAMPS})`,
    fields.map(({ name, type, hidden, required, containerId }, at) => {
      return [at + 1, name, type, Number(hidden), Number(required), containerId];
    }),
  );
  await insertTexts(connection, ["SpLocaleContainerNameID", "SpLocaleContainerDescID"], tables);
  await insertTexts(connection, ["SpLocaleContainerItemNameID", "SpLocaleContainerItemDescID"], fields);
}

async function insertTexts(
  connection: Connection,
  [nameOf, descriptionOf]: readonly [string, string],
  described: readonly Pick<CaptionTable, "caption" | "description">[],
): Promise<void> {
  await connection.batch(
    `INSERT INTO splocaleitemstr (Language, Text, ${nameOf}, ${descriptionOf}, TimestampCreated, TimestampModified, version)
     VALUES ('en', ?, ?, ?, ${STAMPS})`,
    described.flatMap(({ caption, description }, at) => [
      [caption, at + 1, null],
      [description, null, at + 1],
    ]),
  );
}

async function insertRules(connection: Connection, disciplineId: number): Promise<void> {
  for (const { model, fields, scope, everywhere } of uniquenessRules) {
    const { insertId } = await connection.query<{ insertId: bigint }>(
      "INSERT INTO uniquenessrule (modelName, isDatabaseConstraint, DisciplineID) VALUES (?, 0, ?)",
      [model, everywhere ? null : disciplineId],
    );
    await connection.batch(
      "INSERT INTO uniquenessrule_fields (fieldPath, isScope, uniquenessruleid) VALUES (?, ?, ?)",
      [...fields.map((path) => [path, 0, insertId]), [scope, 1, insertId]],
    );
  }
}

async function insertLists(connection: Connection, collectionId: number): Promise<void> {
  await connection.batch(
    `INSERT INTO preptype (Name, IsLoanable, CollectionID, TimestampCreated, TimestampModified, version)
     VALUES (?, 1, ${collectionId}, ${STAMPS})`,
    preparationTypes.map((name) => [name]),
  );
  for (const { name, table, items } of pickLists) {
    const { insertId } = await connection.query<{ insertId: bigint }>(
      `INSERT INTO picklist (Name, Type, TableName, ReadOnly, IsSystem, SizeLimit, CollectionID,
                             TimestampCreated, TimestampModified, version)
       VALUES (?, ?, ?, 1, 1, 100, ?, ${STAMPS})`,
      [name, table === null ? 0 : 1, table, collectionId],
    );
    if (items.length === 0) continue;
    await connection.batch(
      `INSERT INTO picklistitem (Title, Value, PickListID, TimestampCreated, TimestampModified, version)
       VALUES (?, ?, ?, ${STAMPS})`,
      items.map((item) => [item, item, insertId]),
    );
  }
}
