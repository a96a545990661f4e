import { expect, test } from "vitest";
import { createCollection } from "../../../src/specify/structure/collection.ts";
import { createDiscipline } from "../../../src/specify/structure/discipline.ts";
import { createDivision } from "../../../src/specify/structure/division.ts";
import { openFreshSpecify } from "../support/fresh-specify.ts";
import { rowsOfCollection, rowsOfDiscipline } from "./support/rows-of.ts";

const database = await openFreshSpecify({ firstDiscipline: true });
const FIRST = 1;

const newDiscipline = (name: string, type: string, from: number | undefined) =>
  database.transaction((statements) =>
    createDiscipline(statements, {
      divisionId: 1,
      name,
      type,
      geographyTreeName: "Geografi",
      taxonTreeName: "Taxa",
      captionsFrom: from,
      uniquenessRulesFrom: from,
    }),
  );

const newCollection = (disciplineId: number, code: string, from: number | undefined) =>
  database.transaction((statements) =>
    createCollection(statements, {
      disciplineId,
      code,
      name: `Samling ${code}`,
      catalogNumberFormat: "CatalogNumberNumeric",
      preparationTypesFrom: from,
      pickListsFrom: from,
    }),
  );

test("captions and rules are copied with their foreign keys turned to the copies", async () => {
  const id = await newDiscipline("Alger", "botany", FIRST);
  const rows = await rowsOfDiscipline(database, id);
  const first = await rowsOfDiscipline(database, FIRST);
  for (const table of [
    "splocalecontainer",
    "splocalecontaineritem",
    "splocaleitemstr",
    "uniquenessrule_fields",
  ]) {
    expect(rows[table]?.length, table).toBeGreaterThan(0);
    expect(rows[table], table).toEqual(first[table]);
  }
  expect(JSON.stringify(rows)).not.toContain("not among the rows");
});

test("trees go by the names of the file, and each is of the discipline that has it", async () => {
  const id = await newDiscipline("Lav", "botany", undefined);
  const rows = await rowsOfDiscipline(database, id);
  expect(rows.geographytreedef).toMatchObject([{ name: "Geografi", disciplineid: "discipline 1" }]);
  expect(rows.taxontreedef).toMatchObject([{ name: "Taxa" }]);
  expect(rows.discipline).toMatchObject([
    {
      name: "Lav",
      taxontreedefid: "taxontreedef 1",
      lithostrattreedefid: null,
      paleocontextchildtable: null,
    },
  ]);
  expect(rows.spappresourcedir).toMatchObject([{ disciplinetype: "Lav", ispersonal: 0 }]);
  expect(rows.splocalecontainer).toEqual([]);
  expect([rows.geography?.length, rows.geologictimeperiod?.length, rows.taxon?.length]).toEqual([1, 1, 0]);
});

test.each([
  ["geology", "collectionobject"],
  ["invertpaleo", "collectingevent"],
])(
  "a discipline of %s has the trees of strata and periods, and its context belongs to the %s",
  async (type, table) => {
    const id = await newDiscipline(`Ny ${type}`, type, undefined);
    const rows = await rowsOfDiscipline(database, id);
    expect(rows.discipline).toMatchObject([
      {
        paleocontextchildtable: table,
        lithostrattreedefid: "lithostrattreedef 1",
        tectonicunittreedefid: "tectonicunittreedef 1",
      },
    ]);
    expect(rows.geologictimeperiod).toHaveLength(175);
    expect(rows.geologictimeperiod).toContainEqual(
      expect.objectContaining({
        fullname: "Aquitanian, Miocene",
        startperiod: "23.0300000000",
        enduncertainty: null,
        parentid: "geologictimeperiod Miocene",
        geologictimeperiodtreedefitemid: "geologictimeperiodtreedefitem Stage/Age",
      }),
    );
  },
);

test("a collection has its own type of objects, and copies of lists and preparation types", async () => {
  const id = await newCollection(FIRST, "NHM", 1);
  const rows = await rowsOfCollection(database, id);
  const first = await rowsOfCollection(database, 1);
  expect(rows.collection).toMatchObject([
    {
      code: "NHM",
      collectionname: "Samling NHM",
      guid: "a GUID",
      collectionobjecttypeid: "collectionobjecttype 1",
    },
  ]);
  expect(rows.collectionobjecttype).toMatchObject([
    { name: "Karplanter Moser", collectionid: "collection 1" },
  ]);
  for (const table of ["preptype", "picklist", "picklistitem"]) expect(rows[table]).toEqual(first[table]);
  expect(rows.picklistitem?.length).toBeGreaterThan(0);
});

test("a collection of a discipline without taxon tree is refused, and nothing of it stays", async () => {
  const id = await newDiscipline("Uten tre", "botany", undefined);
  await database.query("UPDATE discipline SET TaxonTreeDefID = NULL WHERE usergroupscopeid = ?", [id]);
  await expect(newCollection(id, "UM", 1)).rejects.toThrow("discipline Uten tre has no taxon tree");
  expect(await database.query("SELECT 1 FROM collection WHERE DisciplineID = ?", [id])).toEqual([]);
});

test("a new division has an agent for each user who has one elsewhere, named as the first of these", async () => {
  const user = (name: string) =>
    database.insert(
      `INSERT INTO specifyuser (Name, UserType, Password, IsLoggedIn, IsLoggedInReport, TimestampCreated)
       VALUES (?, 'Manager', '!', 0, 0, NOW())`,
      [name],
    );
  const agent = (specifyUserId: number, first: string | null, last: string | null) =>
    database.insert(
      `INSERT INTO agent (AgentType, FirstName, LastName, DivisionID, SpecifyUserID, TimestampCreated)
       VALUES (1, ?, ?, 1, ?, NOW())`,
      [first, last, specifyUserId],
    );
  const kari = await user("kari");
  await agent(kari, "Kari", "Nordmann");
  await agent(kari, "Kari", "Annengang");
  await agent(await user("navnløs"), null, "");
  await user("uten agent");
  const { id, agents } = await database.transaction((statements) =>
    createDivision(statements, { institutionId: 1, name: "Geologi" }),
  );
  expect(agents).toBe(3);
  const rows = await database.query(
    "SELECT FirstName AS first, LastName AS last, LENGTH(GUID) AS guid FROM agent WHERE DivisionID = ? ORDER BY agentid",
    [id],
  );
  expect(rows).toEqual([
    { first: "Specify", last: "Administrator", guid: 36 },
    { first: "Kari", last: "Nordmann", guid: 36 },
    { first: null, last: "navnløs", guid: 36 },
  ]);
});

test("booleans may be bit(1), as in databases that came from Specify 6", async () => {
  for (const [table, column] of [
    ["taxontreedefitem", "IsEnforced"],
    ["geography", "IsAccepted"],
    ["spappresourcedir", "IsPersonal"],
    ["splocalecontaineritem", "IsHidden"],
    ["picklist", "IsSystem"],
    ["collection", "IsEmbeddedCollectingEvent"],
  ]) {
    await database.query(`ALTER TABLE ${table} MODIFY ${column} bit(1) NOT NULL`);
  }
  const name = "Gammel";
  await database.transaction(async (statements) => {
    const from = { captionsFrom: FIRST, uniquenessRulesFrom: FIRST };
    const trees = { geographyTreeName: "Geography", taxonTreeName: "Taxon" };
    const id = await createDiscipline(statements, { divisionId: 1, name, type: "botany", ...trees, ...from });
    await createCollection(statements, {
      disciplineId: id,
      code: "UM",
      name: "UM",
      catalogNumberFormat: "CatalogNumberNumeric",
      preparationTypesFrom: 1,
      pickListsFrom: 1,
    });
  });
  const hidden =
    "SELECT SUM(i.IsHidden + 0) AS hidden, COUNT(*) AS items FROM splocalecontaineritem i " +
    "JOIN splocalecontainer c ON c.splocalecontainerid = i.SpLocaleContainerID " +
    "JOIN discipline d ON d.usergroupscopeid = c.DisciplineID WHERE d.Name = ?";
  expect(await database.query(hidden, [name])).toEqual(await database.query(hidden, ["Karplanter Moser"]));
  expect(
    await database.query(
      `SELECT SUM(i.IsEnforced + 0) AS n FROM taxontreedefitem i JOIN taxontreedef t USING (taxontreedefid)
        JOIN discipline d ON d.usergroupscopeid = t.DisciplineID WHERE d.Name = ?`,
      [name],
    ),
  ).toEqual([{ n: "8" }]);
});
