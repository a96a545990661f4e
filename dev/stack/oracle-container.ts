import type { Connection } from "oracledb";
import { options, rows } from "../data/oracle.ts";
import type { CatalogSchema, CatalogTable } from "../oracle/catalog.ts";
import type { StackContext } from "./context.ts";
import { startContainer } from "./docker.ts";

const PASSWORD = "Stack_of_this_machine_1";
const SERVICE = "FREEPDB1";
const BATCH = 1_000;

interface Reader {
  readonly name: string;
  readonly password: string;
}

/** A genuine Oracle Database Free in a container, with the generated museum data; undefined without Docker. */
export async function startOracleContainer(
  context: StackContext,
  reader: Reader,
): Promise<{ host: string; port: number; service: string } | undefined> {
  const place = await startContainer(context, {
    service: "oracle",
    image: "gvenzl/oracle-free",
    port: 1521,
    environment: { ORACLE_PASSWORD: PASSWORD },
    ready: { log: /DATABASE IS READY TO USE/, times: 1 },
  });
  if (place === undefined) return undefined;
  const { default: oracledb } = await import("oracledb");
  const connectString = `${place.host}:${place.port}/${SERVICE}`;
  const connection = await oracledb.getConnection({ user: "SYSTEM", password: PASSWORD, connectString });
  try {
    await connection.execute(`CREATE USER ${reader.name} IDENTIFIED BY "${reader.password}"`);
    await connection.execute(`GRANT CREATE SESSION TO ${reader.name}`);
    for (const schema of options.schemas) await loadSchema(connection, schema, reader);
    await connection.commit();
  } finally {
    await connection.close();
  }
  return { ...place, service: SERVICE };
}

async function loadSchema(connection: Connection, schema: CatalogSchema, reader: Reader): Promise<void> {
  await connection.execute(
    `CREATE USER ${schema.owner} IDENTIFIED BY "${PASSWORD}" QUOTA UNLIMITED ON users`,
  );
  for (const table of schema.tables) {
    const name = `${schema.owner}.${table.name}`;
    await connection.execute(createTable(name, table));
    await connection.execute(`GRANT SELECT ON ${name} TO ${reader.name}`);
    await loadRows(connection, name, table);
  }
}

function createTable(name: string, table: CatalogTable): string {
  const columns = table.columns.map(
    (column) => `${column.name} ${column.type}${column.nullable === false ? " NOT NULL" : ""}`,
  );
  const key = Array.isArray(table.primaryKey) ? table.primaryKey : table.primaryKey?.columns;
  const parts = key ? [...columns, `PRIMARY KEY (${key.join(", ")})`] : columns;
  return `CREATE TABLE ${name} (${parts.join(", ")})`;
}

async function loadRows(connection: Connection, name: string, table: CatalogTable): Promise<void> {
  const source = (rows as Record<string, () => Iterable<Record<string, unknown>>>)[name];
  if (source === undefined) return;
  const columns = table.columns.map((column) => column.name);
  const insert = `INSERT INTO ${name} (${columns.join(", ")}) VALUES (${columns.map((_, at) => `:${at + 1}`).join(", ")})`;
  const values = [...source()].map((row) => columns.map((column) => row[column] ?? null));
  for (let at = 0; at < values.length; at += BATCH)
    await connection.executeMany(insert, values.slice(at, at + BATCH));
}
