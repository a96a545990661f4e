import { describe, expect, test } from "vitest";
import { createCollection } from "../../../src/specify/structure/collection.ts";
import { createDiscipline } from "../../../src/specify/structure/discipline.ts";
import { createDivision } from "../../../src/specify/structure/division.ts";
import { genuineSpecifyIsThere, openGenuineSpecify } from "../support/genuine-specify.ts";
import { rowsOfCollection, rowsOfDiscipline } from "./support/rows-of.ts";

type Rows = Record<string, Record<string, unknown>[]>;

/** Those that Specify has made: by its guided setup, and later on. */
const GENUINE = { botany: { discipline: 1, collection: 1 }, geology: { discipline: 2, collection: 2 } };

/** The genuine discipline was given to a tree of tectonic units later, when Specify started (`run_key_migration_functions`). */
const BY_LATER_START = ["tectonicunit", "tectonicunittreedef", "tectonicunittreedefitem"];

describe.skipIf(!genuineSpecifyIsThere)("beside a database that Specify itself has set up", async () => {
  const database = genuineSpecifyIsThere ? await openGenuineSpecify() : undefined;
  if (!database) return;

  const discipline = (type: string, from: number) =>
    database.transaction((statements) =>
      createDiscipline(statements, {
        divisionId: 1,
        name: `Ny ${type}`,
        type,
        geographyTreeName: "Geography",
        taxonTreeName: "Taxon",
        captionsFrom: from,
        uniquenessRulesFrom: from,
      }),
    );

  test.each(["botany", "geology"] as const)(
    "a discipline of %s has the rows that Specify makes",
    async (type) => {
      const genuine = GENUINE[type].discipline;
      const ours = await discipline(type, genuine);
      const expected = named(await rowsOfDiscipline(database, genuine));
      if (type === "botany") {
        for (const table of BY_LATER_START) expected[table] = [];
        for (const row of expected.discipline ?? []) row.tectonicunittreedefid = null;
      }
      const made = named(await rowsOfDiscipline(database, ours));
      for (const [table, rows] of Object.entries(expected)) expect(made[table], table).toEqual(rows);
      expect(counted(made)).toMatchObject({
        splocalecontainer: 215,
        splocalecontaineritem: 4518,
        splocaleitemstr: 9466,
        uniquenessrule: 31,
        taxontreedefitem: type === "botany" ? 18 : 1,
        geologictimeperiod: type === "botany" ? 1 : 175,
      });
    },
  );

  test.each(["botany", "geology"] as const)(
    "a collection of %s has the rows that Specify makes",
    async (type) => {
      const { discipline: disciplineId, collection: genuine } = GENUINE[type];
      const ours = await database.transaction((statements) =>
        createCollection(statements, {
          disciplineId,
          code: `N-${type}`,
          name: `Ny ${type}`,
          catalogNumberFormat: "CatalogNumberNumeric",
          preparationTypesFrom: genuine,
          pickListsFrom: genuine,
        }),
      );
      const expected = named(await rowsOfCollection(database, genuine));
      expect(named(await rowsOfCollection(database, ours))).toEqual(expected);
      expect(counted(expected)).toMatchObject({ picklist: 38, preptype: type === "botany" ? 5 : 8 });
    },
  );

  test("a new division has the rows that Specify makes, an agent for its user among them", async () => {
    const { id, agents } = await database.transaction((statements) =>
      createDivision(statements, { institutionId: 1, name: "Ny" }),
    );
    expect(agents).toBe(1);
    const withoutOwn = async (sql: string, owner: number) => {
      const rows = await database.query<Record<string, unknown>>(sql, [owner]);
      return rows.map(({ agentid, usergroupscopeid, DivisionID, GUID, Name, Abbrev, ...row }) => {
        return { ...row, TimestampCreated: "", TimestampModified: "" };
      });
    };
    for (const sql of [
      "SELECT * FROM agent WHERE DivisionID = ?",
      "SELECT * FROM division WHERE usergroupscopeid = ?",
    ]) {
      expect(await withoutOwn(sql, id)).toEqual(await withoutOwn(sql, 2));
    }
  });

  test("the periods of a chronostratigraphy are a nested set that overlaps with no other tree's", async () => {
    const bad = await database.query(
      `SELECT c.FullName FROM geologictimeperiod c LEFT JOIN geologictimeperiod p ON p.geologictimeperiodid = c.ParentID
        WHERE c.NodeNumber IS NOT NULL AND (
              c.HighestChildNodeNumber < c.NodeNumber
              OR c.NodeNumber <= p.NodeNumber OR c.HighestChildNodeNumber > p.HighestChildNodeNumber
              OR c.HighestChildNodeNumber - c.NodeNumber <>
                 (SELECT COUNT(*) FROM geologictimeperiod d
                   WHERE d.NodeNumber > c.NodeNumber AND d.NodeNumber <= c.HighestChildNodeNumber))`,
    );
    expect(bad).toEqual([]);
    const twice = await database.query(
      "SELECT NodeNumber FROM geologictimeperiod WHERE NodeNumber IS NOT NULL GROUP BY NodeNumber HAVING COUNT(*) > 1",
    );
    expect(twice).toEqual([]);
  });
});

/** Without the names that each has for itself, and without the numbers of nodes, which Specify gives anew all the time. */
function named(rows: Rows): Rows {
  const own = ["code", "collectionname", "disciplinetype", "divisionid"];
  return Object.fromEntries(
    Object.entries(rows).map(([table, list]) => [
      table,
      list
        .map((row) => {
          const copy = { ...row };
          for (const column of own) if (copy[column] !== null && column in copy) copy[column] = "its own";
          if (table === "discipline" || table === "collectionobjecttype") copy.name = "its own";
          if (table === "collection") copy.disciplineid = "its own";
          if (table === "collectionobjecttype") copy.taxontreedefid = "its discipline's";
          if (table === "geologictimeperiod") {
            copy.nodenumber = "a number";
            copy.highestchildnodenumber = "a number";
          }
          return copy;
        })
        .sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)),
    ]),
  );
}

function counted(rows: Rows): Record<string, number> {
  return Object.fromEntries(Object.entries(rows).map(([table, list]) => [table, list.length]));
}
