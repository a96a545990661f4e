import type { CatalogColumn, CatalogForeignKey, CatalogSchema, CatalogTable } from "./catalog.ts";

/** How large a described schema is. */
interface Size {
  tables: number;
  /** Columns of all tables together; at least eight a table. */
  columns: number;
}

const OWNERS = [
  "MUSIT_BOTANIKK_FELLES",
  "MUSIT_ZOOLOGI_ENTOMOLOGI",
  "MUSIT_GEOLOGI",
  "MUSIT_FELLES",
  "MUSIT_BILDER",
  "USD_METADATA",
];
const SUBJECTS = ["OBJEKT", "INNSAMLING", "PERSON", "STED", "TAKSON", "BESTEMMELSE", "PROSJEKT", "BILDE"];
const KINDS = ["", "_LOGG", "_KODE", "_TYPE", "_RELASJON", "_VERDI", "_HISTORIKK", "_VEDLEGG", "_STATUS"];
const FIELDS: readonly (readonly [name: string, type: string])[] = [
  ["NAVN", "VARCHAR2(200 CHAR)"],
  ["BESKRIVELSE", "CLOB"],
  ["REGDATO", "DATE"],
  ["ENDRET", "TIMESTAMP(6)"],
  ["ANTALL", "NUMBER(10,2)"],
  ["KODE", "CHAR(3)"],
  ["SYNLIG", "NUMBER(1,0)"],
  ["MERKNAD", "NVARCHAR2(500)"],
  ["UUID", "RAW(16)"],
  ["BREDDEGRAD", "FLOAT(126)"],
  ["SIST_SYNKRONISERT", "TIMESTAMP(3) WITH TIME ZONE"],
  ["ORIGINAL", "BLOB"],
];
const STATISTICS = "2026-01-15 03:00:00";

/**
 * Describes the schema of a museum's database of any size, the same each time: owners of unlike size, tables that many others
 * refer to, chains, composite keys, references across owners, tables without any, indexes and views. It has no rows.
 */
export function describedSchema({ tables, columns }: Size): CatalogSchema[] {
  if (columns < tables * 8) throw new RangeError(`${columns} columns are too few for ${tables} tables.`);
  const schemas: CatalogSchema[] = [];
  let left = tables;
  let columnsLeft = columns;
  for (const [index, owner] of OWNERS.entries()) {
    const isLast = index === OWNERS.length - 1;
    const count = isLast ? left : Math.min(left, Math.max(1, Math.round(left * 0.42)));
    if (count === 0) break;
    const share = isLast ? columnsLeft : Math.round((columns / tables) * count);
    schemas.push(describedOwner(owner, count, share, schemas[0]));
    left -= count;
    columnsLeft -= share;
  }
  return schemas;
}

function describedOwner(
  owner: string,
  count: number,
  columns: number,
  neighbour: CatalogSchema | undefined,
): CatalogSchema {
  const tables: CatalogTable[] = [];
  for (let index = 0; index < count; index += 1) {
    const width = Math.floor(columns / count) + (index < columns % count ? 1 : 0);
    // Every second table is three columns wider than the one after it.
    const pairs = index + 1 < count || index % 2 === 1;
    tables.push(describedTable(index, width + (pairs ? (index % 2 === 0 ? 1 : -1) : 0), tables, neighbour));
  }
  const views = tables
    .filter((_table, index) => index % 20 === 0)
    .map(({ name }) => ({ name: `V_${name}`, text: `SELECT * FROM ${owner}.${name}` }));
  return { owner, tables, views };
}

function describedTable(
  index: number,
  width: number,
  before: readonly CatalogTable[],
  neighbour: CatalogSchema | undefined,
): CatalogTable {
  const name = nameOf(index);
  const id: CatalogColumn = { name: "ID", type: "NUMBER(10,0)", comment: "Løpenummer" };
  const columns = [id];
  const keyColumns = ["ID"];
  const foreignKeys: CatalogForeignKey[] = [];
  const refer = (owner: string | undefined, target: CatalogTable, prefix: string): void => {
    const targetKey = target.primaryKey as string[];
    const own = targetKey.map((column) => `${prefix}_${column}`);
    columns.push(...own.map((column) => ({ name: column, type: "NUMBER(10,0)" })));
    const references = { ...(owner === undefined ? {} : { owner }), table: target.name, columns: targetKey };
    foreignKeys.push({ name: `FK_${name}_${foreignKeys.length + 1}`, columns: own, references });
  };
  if (index % 7 === 3) {
    columns.push({ name: "LOPENR", type: "NUMBER(5,0)" });
    keyColumns.push("LOPENR");
  }
  const parent = before[Math.floor(index / 6)];
  const hub = before[index % 3];
  if (index % 4 !== 2 && parent) refer(undefined, parent, "FORELDER");
  if (index % 5 === 1 && hub && hub !== parent) refer(undefined, hub, "OVER");
  const foreign = neighbour?.tables[index % 5];
  if (index % 9 === 4 && foreign) refer(neighbour?.owner, foreign, "FELLES");
  for (let field = 0; columns.length < width; field += 1) {
    const [text = "", type = ""] = FIELDS[(field + index) % FIELDS.length] ?? [];
    const round = Math.floor(field / FIELDS.length);
    columns.push({ name: round === 0 ? text : `${text}_${round + 1}`, type, nullable: field % 3 !== 0 });
  }
  const first = columns.find((column) => column.type.startsWith("VARCHAR2"));
  return {
    name,
    columns,
    primaryKey: keyColumns,
    foreignKeys,
    indexes: first ? [{ name: `IX_${name}_${first.name}`, columns: [first.name] }] : [],
    numRows: (index * 7919) % 250_000,
    lastAnalyzed: STATISTICS,
  };
}

function nameOf(index: number): string {
  const subject = SUBJECTS[index % SUBJECTS.length] ?? "";
  const kind = KINDS[Math.floor(index / SUBJECTS.length) % KINDS.length] ?? "";
  const round = Math.floor(index / (SUBJECTS.length * KINDS.length));
  return `${subject}${kind}${round === 0 ? "" : `_${round + 1}`}`;
}

/** An owner with the odd things that a database may hold: quoted names, types of several words, rings, no columns. */
export const oddSchema: CatalogSchema = {
  owner: "RARITETER",
  tables: [
    {
      name: "Tabell med små bokstaver",
      columns: [
        { name: "Løpenummer", type: "NUMBER(10,0)" },
        { name: "Year", type: "NUMBER(4,0)", nullable: false },
        { name: "C:\\sti 'sitat'", type: "VARCHAR2(20)", comment: "C:\\temp\\ og 'sitat'" },
        { name: "when", type: "TIMESTAMP(6) WITH LOCAL TIME ZONE" },
        { name: "how long", type: "INTERVAL DAY(2) TO SECOND(6)" },
        { name: "blob", type: "LONG RAW" },
      ],
      primaryKey: { name: "PK små", columns: ["Løpenummer", "Year"] },
      uniqueKeys: [{ name: "UK_ONE", columns: ["C:\\sti 'sitat'"] }],
    },
    {
      name: "RING_A",
      columns: [
        { name: "ID", type: "NUMBER" },
        { name: "B_ID", type: "NUMBER" },
      ],
      primaryKey: { name: "PK_RING_A", columns: ["ID"] },
      foreignKeys: [{ name: "FK_A_B", columns: ["B_ID"], references: { table: "RING_B", columns: ["ID"] } }],
    },
    {
      name: "RING_B",
      columns: [
        { name: "ID", type: "NUMBER" },
        { name: "A_ID", type: "NUMBER" },
        { name: "SELF_ID", type: "NUMBER" },
        { name: "SMALL_NR", type: "NUMBER(10,0)" },
        { name: "SMALL_YEAR", type: "NUMBER(4,0)" },
      ],
      primaryKey: { name: "PK_RING_B", columns: ["ID"] },
      uniqueKeys: [{ name: "UK_B_PAIR", columns: ["SMALL_NR", "SMALL_YEAR"] }],
      foreignKeys: [
        { name: "FK_B_A", columns: ["A_ID"], references: { table: "RING_A", columns: ["ID"] } },
        { name: "FK_B_A_AGAIN", columns: ["A_ID"], references: { table: "RING_A", columns: ["ID"] } },
        { name: "FK_B_SELF", columns: ["SELF_ID"], references: { table: "RING_B", columns: ["ID"] } },
        {
          name: "FK_B_SMALL",
          columns: ["SMALL_NR", "SMALL_YEAR"],
          references: { table: "Tabell med små bokstaver", columns: ["Løpenummer", "Year"] },
        },
      ],
    },
    { name: "NO_COLUMNS", columns: [] },
    { name: "NOT_A_KEY", columns: [{ name: "ANYTHING", type: "VARCHAR2(4000)" }] },
  ],
};
