import type { Catalog, Key, Table } from "../catalog.ts";
import { MOMENT } from "../values/date.ts";
import type { Stored } from "../values/encode.ts";

/** One row of a dictionary view; columns left out are null. */
export type DictionaryRow = Record<string, Stored>;

const CREATED = `${MOMENT}2024-01-01 00:00:00`;

function* tables({ tables: all }: Catalog): Generator<DictionaryRow> {
  for (const table of all) {
    yield {
      OWNER: table.owner,
      TABLE_NAME: table.name,
      TABLESPACE_NAME: table.tablespace,
      STATUS: "VALID",
      NUM_ROWS: table.numRows ?? null,
      LAST_ANALYZED: table.lastAnalyzed === undefined ? null : `${MOMENT}${table.lastAnalyzed}`,
      PARTITIONED: "NO",
      TEMPORARY: "N",
    };
  }
}

function* columns({ tables: all, views }: Catalog): Generator<DictionaryRow> {
  for (const relation of [...all, ...views]) {
    for (const [index, { name, oracle, nullable, default: standard }] of relation.columns.entries()) {
      const isText = oracle.unit !== null && oracle.name !== "ROWID";
      yield {
        OWNER: relation.owner,
        TABLE_NAME: relation.name,
        COLUMN_NAME: name,
        DATA_TYPE: oracle.name,
        DATA_LENGTH: oracle.bytes,
        DATA_PRECISION: oracle.precision,
        DATA_SCALE: oracle.scale,
        NULLABLE: nullable ? "Y" : "N",
        COLUMN_ID: index + 1,
        DEFAULT_LENGTH: standard?.length ?? null,
        DATA_DEFAULT: standard ?? null,
        CHARACTER_SET_NAME: oracle.form === 2 ? "NCHAR_CS" : oracle.form === 1 ? "CHAR_CS" : null,
        CHAR_COL_DECL_LENGTH: isText ? oracle.bytes : null,
        CHAR_LENGTH: isText ? (oracle.length ?? 0) : 0,
        CHAR_USED: isText ? oracle.unit : null,
      };
    }
  }
}

interface Constraint extends Key {
  type: "P" | "U" | "R" | "C";
  generated: boolean;
  condition?: string;
  refers?: { owner: string; name: string | null };
}

/** All constraints of a table; NOT NULL counts as a check, as in Oracle. */
function constraintsOf(table: Table, catalog: Catalog): Constraint[] {
  const isGenerated = (name: string): boolean => name.startsWith("SYS_C");
  const found: Constraint[] = [];
  const { primaryKey } = table;
  if (primaryKey) found.push({ ...primaryKey, type: "P", generated: isGenerated(primaryKey.name) });
  for (const key of table.uniqueKeys) found.push({ ...key, type: "U", generated: isGenerated(key.name) });
  for (const key of table.foreignKeys) {
    const target = catalog.whole.table(key.references.owner, key.references.table);
    const wanted = key.references.columns.join();
    const name =
      [target?.primaryKey, ...(target?.uniqueKeys ?? [])].find(
        (one) => one && (wanted === "" || one.columns.join() === wanted),
      )?.name ?? null;
    found.push({
      name: key.name,
      columns: key.columns,
      type: "R",
      generated: isGenerated(key.name),
      refers: { owner: key.references.owner, name },
    });
  }
  for (const { name, nullable } of table.columns) {
    if (nullable || primaryKey?.columns.includes(name)) continue;
    found.push({
      name: checkName(table, name),
      columns: [name],
      type: "C",
      generated: true,
      condition: `"${name}" IS NOT NULL`,
    });
  }
  return found;
}

/** NOT NULL checks have no names in the catalog: theirs are made from the column, always the same. */
function checkName(table: Table, column: string): string {
  let hash = 0;
  for (const char of `${table.owner}.${table.name}.${column}`)
    hash = (hash * 31 + (char.codePointAt(0) ?? 0)) % 9_000_000;
  return `SYS_C${String(hash + 1_000_000)}`;
}

function* constraints(catalog: Catalog): Generator<DictionaryRow> {
  for (const table of catalog.tables) {
    for (const { name, type, refers, condition, generated } of constraintsOf(table, catalog)) {
      const hasIndex = type === "P" || type === "U";
      yield {
        OWNER: table.owner,
        CONSTRAINT_NAME: name,
        CONSTRAINT_TYPE: type,
        TABLE_NAME: table.name,
        SEARCH_CONDITION: condition ?? null,
        R_OWNER: refers?.owner ?? null,
        R_CONSTRAINT_NAME: refers?.name ?? null,
        DELETE_RULE: type === "R" ? "NO ACTION" : null,
        STATUS: "ENABLED",
        DEFERRABLE: "NOT DEFERRABLE",
        DEFERRED: "IMMEDIATE",
        VALIDATED: "VALIDATED",
        GENERATED: generated ? "GENERATED NAME" : "USER NAME",
        INDEX_OWNER: hasIndex ? table.owner : null,
        INDEX_NAME: hasIndex ? name : null,
      };
    }
  }
}

function* constraintColumns(catalog: Catalog): Generator<DictionaryRow> {
  for (const table of catalog.tables) {
    for (const { name, columns: own, type } of constraintsOf(table, catalog)) {
      for (const [index, column] of own.entries()) {
        yield {
          OWNER: table.owner,
          CONSTRAINT_NAME: name,
          TABLE_NAME: table.name,
          COLUMN_NAME: column,
          POSITION: type === "C" ? null : index + 1,
        };
      }
    }
  }
}

/** The indexes of a table: those of its keys, and those of its own. */
function indexesOf(table: Table): (Key & { unique: boolean })[] {
  const keys = [...(table.primaryKey ? [table.primaryKey] : []), ...table.uniqueKeys];
  return [...keys.map((key) => ({ ...key, unique: true })), ...table.indexes];
}

function* indexes(catalog: Catalog): Generator<DictionaryRow> {
  for (const table of catalog.tables) {
    for (const { name, unique } of indexesOf(table)) {
      yield {
        OWNER: table.owner,
        INDEX_NAME: name,
        INDEX_TYPE: "NORMAL",
        TABLE_OWNER: table.owner,
        TABLE_NAME: table.name,
        TABLE_TYPE: "TABLE",
        UNIQUENESS: unique ? "UNIQUE" : "NONUNIQUE",
        TABLESPACE_NAME: table.tablespace,
        STATUS: "VALID",
      };
    }
  }
}

function* indexColumns(catalog: Catalog): Generator<DictionaryRow> {
  for (const table of catalog.tables) {
    for (const { name, columns: own } of indexesOf(table)) {
      for (const [index, column] of own.entries()) {
        const type = table.columns.find((one) => one.name === column)?.oracle;
        yield {
          INDEX_OWNER: table.owner,
          INDEX_NAME: name,
          TABLE_OWNER: table.owner,
          TABLE_NAME: table.name,
          COLUMN_NAME: column,
          COLUMN_POSITION: index + 1,
          COLUMN_LENGTH: type?.bytes ?? 0,
          CHAR_LENGTH: type?.unit ? (type.length ?? 0) : 0,
          DESCEND: "ASC",
        };
      }
    }
  }
}

function* views(catalog: Catalog): Generator<DictionaryRow> {
  for (const { owner, name, text } of catalog.views) {
    yield {
      OWNER: owner,
      VIEW_NAME: name,
      TEXT_LENGTH: text.length,
      TEXT: text,
      TEXT_VC: text.slice(0, 4000),
      READ_ONLY: "N",
    };
  }
}

function* users({ owners }: Catalog): Generator<DictionaryRow> {
  let id = 100;
  for (const owner of owners) yield { USERNAME: owner, USER_ID: ++id, CREATED, ORACLE_MAINTAINED: "N" };
}

function* tableComments(catalog: Catalog): Generator<DictionaryRow> {
  for (const { owner, name, comment } of catalog.tables)
    yield { OWNER: owner, TABLE_NAME: name, TABLE_TYPE: "TABLE", COMMENTS: comment ?? null };
  for (const { owner, name } of catalog.views)
    yield { OWNER: owner, TABLE_NAME: name, TABLE_TYPE: "VIEW", COMMENTS: null };
}

function* columnComments(catalog: Catalog): Generator<DictionaryRow> {
  for (const { owner, name, columns: own } of [...catalog.tables, ...catalog.views]) {
    for (const column of own)
      yield { OWNER: owner, TABLE_NAME: name, COLUMN_NAME: column.name, COMMENTS: column.comment ?? null };
  }
}

function* objects(catalog: Catalog): Generator<DictionaryRow> {
  let id = 70_000;
  const base = { STATUS: "VALID", CREATED, LAST_DDL_TIME: CREATED };
  for (const table of catalog.tables) {
    yield { ...base, OWNER: table.owner, OBJECT_NAME: table.name, OBJECT_ID: ++id, OBJECT_TYPE: "TABLE" };
    for (const { name } of indexesOf(table))
      yield { ...base, OWNER: table.owner, OBJECT_NAME: name, OBJECT_ID: ++id, OBJECT_TYPE: "INDEX" };
  }
  for (const { owner, name } of catalog.views)
    yield { ...base, OWNER: owner, OBJECT_NAME: name, OBJECT_ID: ++id, OBJECT_TYPE: "VIEW" };
}

const BANNER = "Oracle Database stand-in of prefect-ts (not an Oracle), speaking as";
const NLS: Record<string, string> = {
  NLS_LANGUAGE: "AMERICAN",
  NLS_TERRITORY: "AMERICA",
  NLS_CHARACTERSET: "AL32UTF8",
  NLS_NCHAR_CHARACTERSET: "AL16UTF16",
  NLS_DATE_FORMAT: "DD-MON-RR",
  NLS_NUMERIC_CHARACTERS: ".,",
  NLS_LENGTH_SEMANTICS: "BYTE",
};

function* nls(): Generator<DictionaryRow> {
  for (const [PARAMETER, VALUE] of Object.entries(NLS)) yield { PARAMETER, VALUE };
}

type Source = (catalog: Catalog, version: string) => Iterable<DictionaryRow>;

/** How each view's rows are computed from the catalog. */
export const DICTIONARY_ROWS: Record<string, Source> = {
  ALL_TABLES: tables,
  ALL_TAB_COLUMNS: columns,
  ALL_CONSTRAINTS: constraints,
  ALL_CONS_COLUMNS: constraintColumns,
  ALL_INDEXES: indexes,
  ALL_IND_COLUMNS: indexColumns,
  ALL_VIEWS: views,
  ALL_USERS: users,
  ALL_TAB_COMMENTS: tableComments,
  ALL_COL_COMMENTS: columnComments,
  ALL_OBJECTS: objects,
  V$VERSION: (_catalog, version) => [
    { BANNER: `${BANNER} ${version}`, BANNER_FULL: `${BANNER} ${version}`, CON_ID: 0 },
  ],
  PRODUCT_COMPONENT_VERSION: (_catalog, version) => [
    { PRODUCT: BANNER, VERSION: version, VERSION_FULL: version, STATUS: "Test tool" },
  ],
  V$INSTANCE: (_catalog, version) => [
    { INSTANCE_NAME: "standin", HOST_NAME: "localhost", VERSION: version, STATUS: "OPEN" },
  ],
  NLS_DATABASE_PARAMETERS: nls,
  NLS_SESSION_PARAMETERS: nls,
};
