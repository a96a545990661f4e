import type { Statements } from "../database.ts";
import { nameKeyOf } from "./name-keys.ts";

/** A division that Specify has. */
interface ExistingDivision {
  id: number;
  institutionId: number;
  name: string;
  /** See `nameKeys`. */
  key: string;
}

/** A discipline that Specify has. */
export interface ExistingDiscipline {
  id: number;
  divisionId: number;
  name: string;
  key: string;
  type: string;
  hasTaxonTree: boolean;
  /** Whether there are rows of these kinds, which can be copied. */
  hasCaptions: boolean;
  hasUniquenessRules: boolean;
}

/** A collection that Specify has. */
export interface ExistingCollection {
  id: number;
  disciplineId: number;
  code: string;
  key: string;
  /** The type of its discipline. */
  type: string;
  hasPreparationTypes: boolean;
  hasPickLists: boolean;
}

/** Institutions, divisions, disciplines and collections, each list by number. */
export interface Structure {
  institutions: { id: number; name: string; key: string }[];
  divisions: ExistingDivision[];
  disciplines: ExistingDiscipline[];
  collections: ExistingCollection[];
}

/** Reads the whole structure of a Specify database. */
export async function readStructure(database: Statements): Promise<Structure> {
  const disciplines = await database.query<WithFlags<ExistingDiscipline>>(
    `SELECT usergroupscopeid AS id, DivisionID AS divisionId, COALESCE(Name, '') AS name,
            COALESCE(${nameKeyOf("Name")}, '') AS \`key\`, COALESCE(Type, '') AS type,
            TaxonTreeDefID IS NOT NULL AS hasTaxonTree,
            EXISTS (SELECT 1 FROM splocalecontainer c WHERE c.DisciplineID = usergroupscopeid) AS hasCaptions,
            EXISTS (SELECT 1 FROM uniquenessrule r WHERE r.DisciplineID = usergroupscopeid) AS hasUniquenessRules
       FROM discipline ORDER BY usergroupscopeid`,
  );
  const collections = await database.query<WithFlags<ExistingCollection>>(
    `SELECT c.usergroupscopeid AS id, c.DisciplineID AS disciplineId, COALESCE(c.Code, '') AS code,
            COALESCE(${nameKeyOf("c.Code")}, '') AS \`key\`, COALESCE(d.Type, '') AS type,
            EXISTS (SELECT 1 FROM preptype p WHERE p.CollectionID = c.usergroupscopeid) AS hasPreparationTypes,
            EXISTS (SELECT 1 FROM picklist l WHERE l.CollectionID = c.usergroupscopeid) AS hasPickLists
       FROM collection c JOIN discipline d ON d.usergroupscopeid = c.DisciplineID
      ORDER BY c.usergroupscopeid`,
  );
  return {
    institutions: await database.query(
      `SELECT usergroupscopeid AS id, COALESCE(Name, '') AS name, COALESCE(${nameKeyOf("Name")}, '') AS \`key\`
         FROM institution ORDER BY usergroupscopeid`,
    ),
    divisions: await database.query(
      `SELECT usergroupscopeid AS id, InstitutionID AS institutionId, COALESCE(Name, '') AS name,
              COALESCE(${nameKeyOf("Name")}, '') AS \`key\`
         FROM division ORDER BY usergroupscopeid`,
    ),
    disciplines: disciplines.map((row) => ({
      ...row,
      hasTaxonTree: row.hasTaxonTree === 1,
      hasCaptions: row.hasCaptions === 1,
      hasUniquenessRules: row.hasUniquenessRules === 1,
    })),
    collections: collections.map((row) => ({
      ...row,
      hasPreparationTypes: row.hasPreparationTypes === 1,
      hasPickLists: row.hasPickLists === 1,
    })),
  };
}

/** As the database gives it: 0 and 1 for a condition. */
type WithFlags<Row> = { [Key in keyof Row]: Row[Key] extends boolean ? number : Row[Key] };
