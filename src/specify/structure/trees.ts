import { randomUUID } from "node:crypto";
import type { Statements } from "../database.ts";
import { insertRow } from "./rows.ts";
import {
  chronostratigraphyRanks,
  geographyRanks,
  lithostratigraphyRanks,
  type TreeRank,
  tectonicUnitRanks,
} from "./tree-ranks.ts";

/** One of Specify's kinds of trees. Its tables are named after the first of these. */
interface TreeKind {
  table: "geography" | "taxon" | "geologictimeperiod" | "lithostrat" | "tectonicunit";
  /** Of the tree definition; Specify's own. */
  name: string;
  /** Whether a full name begins with the highest rank (1) or the lowest (-1). */
  fullNameDirection: 1 | -1;
  separator: string;
  /** The node that a new tree has; a taxon tree has none until a user adds it. */
  root?: { name: string; guid: boolean };
}

export const TREES = {
  geography: {
    table: "geography",
    name: "Geography",
    fullNameDirection: 1,
    separator: " ",
    root: { name: "Earth", guid: false },
  },
  chronostratigraphy: {
    table: "geologictimeperiod",
    name: "Chronostratigraphy",
    fullNameDirection: -1,
    separator: ", ",
    root: { name: "Time", guid: true },
  },
  lithostratigraphy: {
    table: "lithostrat",
    name: "Lithostratigraphy",
    fullNameDirection: 1,
    separator: " ",
    root: { name: "Earth", guid: true },
  },
  tectonicUnit: {
    table: "tectonicunit",
    name: "Tectonic Unit",
    fullNameDirection: 1,
    separator: " ",
    root: { name: "Root", guid: true },
  },
  taxon: { table: "taxon", name: "Taxon", fullNameDirection: 1, separator: " " },
} as const satisfies Record<string, TreeKind>;

/** A tree that was made. */
export interface NewTree {
  id: number;
  /** Numbers of the ranks, by RankID. */
  items: ReadonlyMap<number, number>;
  rootId: number | undefined;
}

/** Makes a tree: its definition (of no discipline yet, see `giveTree`), its ranks and its root. */
export async function createTree(
  statements: Statements,
  kind: TreeKind,
  ranks: readonly TreeRank[],
  name = kind.name,
): Promise<NewTree> {
  const { table, fullNameDirection, separator, root } = kind;
  const id = await insertRow(statements, `${table}treedef`, {
    Name: name,
    FullNameDirection: fullNameDirection,
  });
  const items = new Map<number, number>();
  let parent: number | null = null;
  for (const { name: rank, rankId, enforced, inFullName } of ranks) {
    parent = await insertRow(statements, `${table}treedefitem`, {
      Name: rank,
      Title: rank,
      RankID: rankId,
      IsEnforced: Number(enforced),
      IsInFullName: Number(inFullName),
      FullNameSeparator: separator,
      ParentItemID: parent,
      [`${table}treedefid`]: id,
    });
    items.set(rankId, parent);
  }
  const rootId =
    root &&
    (await insertRow(statements, table, {
      Name: root.name,
      FullName: root.name,
      RankID: 0,
      IsAccepted: 1,
      GUID: root.guid ? randomUUID() : null,
      [`${table}treedefid`]: id,
      [`${table}treedefitemid`]: items.get(0) ?? null,
    }));
  return { id, items, rootId };
}

/** Makes a tree the discipline's: definition and discipline refer to each other, so that one of them has to come first. */
export async function giveTree(
  statements: Statements,
  { table }: TreeKind,
  treeId: number,
  disciplineId: number,
): Promise<void> {
  await statements.query(`UPDATE ${table}treedef SET DisciplineID = ? WHERE ${table}treedefid = ?`, [
    disciplineId,
    treeId,
  ]);
}

/** The trees that every discipline has besides the one of taxa, and those of geologists and palaeontologists. */
export const TREE_RANKS = {
  geography: geographyRanks,
  chronostratigraphy: chronostratigraphyRanks,
  lithostratigraphy: lithostratigraphyRanks,
  tectonicUnit: tectonicUnitRanks,
} as const;
