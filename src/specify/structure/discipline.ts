import type { Statements } from "../database.ts";
import { fillChronostratigraphy } from "./chronostratigraphy.ts";
import { copySchemaCaptions, copyUniquenessRules } from "./copied-rows.ts";
import { insertRow, nextScopeId } from "./rows.ts";
import { taxonRanks } from "./tree-ranks.ts";
import { createTree, giveTree, TREE_RANKS, TREES } from "./trees.ts";

/** A discipline to be made. */
export interface NewDiscipline {
  divisionId: number;
  name: string;
  type: string;
  geographyTreeName: string;
  taxonTreeName: string;
  /** Disciplines to copy from; undefined where no discipline has any of these rows. */
  captionsFrom: number | undefined;
  uniquenessRulesFrom: number | undefined;
}

/** Which table a palaeontological context belongs to; disciplines of these types have more trees, too. */
const CONTEXT_TABLES: Readonly<Record<string, string>> = {
  paleobotany: "collectingevent",
  invertpaleo: "collectingevent",
  vertpaleo: "collectingevent",
  geology: "collectionobject",
};

/**
 * Inserts a discipline with the rows that Specify 7.12's own setup makes for it: trees with ranks and roots, its folder of app
 * resources, schema captions and uniqueness rules. To be called in a transaction. Returns its number.
 */
export async function createDiscipline(statements: Statements, discipline: NewDiscipline): Promise<number> {
  const id = await nextScopeId(statements, "discipline");
  const { name, type } = discipline;
  const contextTable = CONTEXT_TABLES[type];
  const trees = await createTrees(statements, discipline, contextTable !== undefined);
  await insertRow(statements, "discipline", {
    usergroupscopeid: id,
    Name: name,
    Type: type,
    DivisionID: discipline.divisionId,
    DataTypeID: await dataType(statements),
    IsPaleoContextEmbedded: 0,
    PaleoContextChildTable: contextTable ?? null,
    GeographyTreeDefID: trees.geography.id,
    TaxonTreeDefID: trees.taxon.id,
    GeologicTimePeriodTreeDefID: trees.chronostratigraphy.id,
    LithoStratTreeDefID: trees.lithostratigraphy?.id ?? null,
    TectonicUnitTreeDefID: trees.tectonicUnit?.id ?? null,
  });
  for (const [kind, tree] of Object.entries(trees)) {
    if (tree) await giveTree(statements, TREES[kind as keyof typeof TREES], tree.id, id);
  }
  // The column holds the discipline's name in spite of its own: Specify looks for that.
  await insertRow(statements, "spappresourcedir", { DisciplineID: id, DisciplineType: name, IsPersonal: 0 });
  if (discipline.captionsFrom !== undefined) {
    await copySchemaCaptions(statements, discipline.captionsFrom, id);
  }
  if (discipline.uniquenessRulesFrom !== undefined) {
    await copyUniquenessRules(statements, discipline.uniquenessRulesFrom, id);
  }
  return id;
}

/** @param stratified  whether the discipline is one of geology or palaeontology */
async function createTrees(statements: Statements, discipline: NewDiscipline, stratified: boolean) {
  const { geographyTreeName, taxonTreeName, type } = discipline;
  const chronostratigraphy = await createTree(
    statements,
    TREES.chronostratigraphy,
    TREE_RANKS.chronostratigraphy,
  );
  if (stratified) await fillChronostratigraphy(statements, chronostratigraphy);
  const more = async (kind: "lithostratigraphy" | "tectonicUnit") =>
    stratified ? await createTree(statements, TREES[kind], TREE_RANKS[kind]) : undefined;
  return {
    chronostratigraphy,
    geography: await createTree(statements, TREES.geography, TREE_RANKS.geography, geographyTreeName),
    taxon: await createTree(statements, TREES.taxon, taxonRanks(type), taxonTreeName),
    lithostratigraphy: await more("lithostratigraphy"),
    tectonicUnit: await more("tectonicUnit"),
  };
}

/** The last data type that there is, as Specify takes it; on a database without any, its own first one. */
async function dataType(statements: Statements): Promise<number> {
  const [last] = await statements.query<{ id: number }>(
    "SELECT datatypeid AS id FROM datatype ORDER BY datatypeid DESC LIMIT 1",
  );
  return last?.id ?? (await insertRow(statements, "datatype", { Name: "Biota" }));
}
