import type { Statements } from "../../../../src/specify/database.ts";

/** A table of rows that belong to a discipline or a collection. */
interface Table {
  name: string;
  primaryKey: string;
  /** Which rows; `?` is the owner's number. */
  where: string;
  /** What stands for a row where others refer to it: a column, or its position when the order is kept. */
  label?: string;
}

type Row = Record<string, unknown>;

const TREES = ["geography", "taxon", "geologictimeperiod", "lithostrat", "tectonicunit"];

const treeTables = (tree: string): Table[] => {
  const definition = `(SELECT ${tree}treedefid FROM ${tree}treedef WHERE DisciplineID = ?)`;
  return [
    { name: `${tree}treedef`, primaryKey: `${tree}treedefid`, where: "DisciplineID = ?" },
    {
      name: `${tree}treedefitem`,
      primaryKey: `${tree}treedefitemid`,
      where: `${tree}treedefid IN ${definition}`,
      label: "Name",
    },
    { name: tree, primaryKey: `${tree}id`, where: `${tree}treedefid IN ${definition}`, label: "FullName" },
  ];
};

const CONTAINERS = "(SELECT splocalecontainerid FROM splocalecontainer WHERE DisciplineID = ?)";
const ITEMS = `(SELECT splocalecontaineritemid FROM splocalecontaineritem WHERE SpLocaleContainerID IN ${CONTAINERS})`;

const DISCIPLINE: readonly Table[] = [
  { name: "discipline", primaryKey: "usergroupscopeid", where: "usergroupscopeid = ?" },
  ...TREES.flatMap(treeTables),
  {
    name: "spappresourcedir",
    primaryKey: "spappresourcedirid",
    where: "DisciplineID = ? AND CollectionID IS NULL",
  },
  { name: "splocalecontainer", primaryKey: "splocalecontainerid", where: "DisciplineID = ?" },
  {
    name: "splocalecontaineritem",
    primaryKey: "splocalecontaineritemid",
    where: `SpLocaleContainerID IN ${CONTAINERS}`,
  },
  {
    name: "splocaleitemstr",
    primaryKey: "splocaleitemstrid",
    where: `SpLocaleContainerNameID IN ${CONTAINERS} OR SpLocaleContainerDescID IN ${CONTAINERS}
            OR SpLocaleContainerItemNameID IN ${ITEMS} OR SpLocaleContainerItemDescID IN ${ITEMS}`,
  },
  { name: "uniquenessrule", primaryKey: "uniquenessruleid", where: "DisciplineID = ?" },
  {
    name: "uniquenessrule_fields",
    primaryKey: "uniquenessrule_fieldid",
    where: "uniquenessruleid IN (SELECT uniquenessruleid FROM uniquenessrule WHERE DisciplineID = ?)",
  },
];

const COLLECTION: readonly Table[] = [
  { name: "collection", primaryKey: "usergroupscopeid", where: "usergroupscopeid = ?" },
  { name: "collectionobjecttype", primaryKey: "CollectionObjectTypeID", where: "CollectionID = ?" },
  { name: "preptype", primaryKey: "preptypeid", where: "CollectionID = ?" },
  { name: "picklist", primaryKey: "picklistid", where: "CollectionID = ?" },
  {
    name: "picklistitem",
    primaryKey: "picklistitemid",
    where: "PickListID IN (SELECT picklistid FROM picklist WHERE CollectionID = ?)",
  },
];

/** Columns whose values are another row's key, and that row's table. (Foreign keys that the tables at hand declare.) */
const REFERENCES: Readonly<Record<string, string>> = {
  disciplineid: "discipline",
  collectionid: "collection",
  collectionobjecttypeid: "collectionobjecttype",
  splocalecontainerid: "splocalecontainer",
  splocalecontainernameid: "splocalecontainer",
  splocalecontainerdescid: "splocalecontainer",
  splocalecontaineritemnameid: "splocalecontaineritem",
  splocalecontaineritemdescid: "splocalecontaineritem",
  uniquenessruleid: "uniquenessrule",
  picklistid: "picklist",
  ...Object.fromEntries(
    TREES.flatMap((tree) => [
      [`${tree}treedefid`, `${tree}treedef`],
      [`${tree}treedefitemid`, `${tree}treedefitem`],
    ]),
  ),
};

/** All rows of a discipline, by table, without what differs each time: numbers, GUIDs, times. */
export function rowsOfDiscipline(database: Statements, id: number): Promise<Record<string, Row[]>> {
  return rowsOf(database, DISCIPLINE, id);
}

/** The same of a collection. Its discipline, which is not among the rows, is left out. */
export function rowsOfCollection(database: Statements, id: number): Promise<Record<string, Row[]>> {
  return rowsOf(database, COLLECTION, id);
}

async function rowsOf(
  database: Statements,
  tables: readonly Table[],
  owner: number,
): Promise<Record<string, Row[]>> {
  const found = new Map<string, Row[]>();
  const labels = new Map<string, Map<unknown, string>>();
  for (const { name, primaryKey, where, label } of tables) {
    const values = Array.from({ length: where.split("?").length - 1 }, () => owner);
    const rows = await database.query<Row>(
      `SELECT * FROM ${name} WHERE ${where} ORDER BY ${primaryKey}`,
      values,
    );
    found.set(name, rows);
    labels.set(
      name,
      new Map(rows.map((row, at) => [cellOf(row, primaryKey), `${name} ${label ? row[label] : at + 1}`])),
    );
  }
  return Object.fromEntries(
    tables.map(({ name, primaryKey }) => {
      const rows = (found.get(name) ?? []).map((row) => comparable(row, { name, primaryKey, labels }));
      return [name, rows.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))];
    }),
  );
}

interface Context {
  name: string;
  primaryKey: string;
  labels: ReadonlyMap<string, ReadonlyMap<unknown, string>>;
}

function comparable(row: Row, { name, primaryKey, labels }: Context): Row {
  const entries = Object.entries(row).map(([column, value]): [string, unknown] => {
    const lower = column.toLowerCase();
    if (lower === primaryKey.toLowerCase()) return [lower, "its own"];
    if (/^timestamp/.test(lower)) return [lower, value instanceof Date ? "a time" : value];
    if (lower === "guid") return [lower, typeof value === "string" ? "a GUID" : value];
    if (value === null) return [lower, null];
    const referred = /^parent(?:item)?id$/.test(lower) ? name : REFERENCES[lower];
    const known = referred === undefined ? undefined : labels.get(referred);
    return [lower, known === undefined ? value : (known.get(value) ?? `not among the rows of ${referred}`)];
  });
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function cellOf(row: Row, column: string): unknown {
  return Object.entries(row).find(([name]) => name.toLowerCase() === column.toLowerCase())?.[1];
}
