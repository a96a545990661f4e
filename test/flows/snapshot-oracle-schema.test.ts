import { setMaxListeners } from "node:events";
import oracledb from "oracledb";
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { describedSchema, oddSchema } from "../../dev/oracle/described-schema.ts";
import { startOracleServer } from "../../dev/oracle/server.ts";
import { snapshotOracleSchema } from "../../src/flows/snapshot-oracle-schema.ts";
import { sharedStack } from "../support/shared-stack.ts";
import { parsed, parsedEnds, wantedEnds } from "./snapshot/support/dbml-ends.ts";
import { useEnvironment } from "./support/museum.ts";
import { removeStored, storedKeys, storedText } from "./support/stored.ts";

setMaxListeners(50);
const TABLES = 75;
const { s3, env } = await sharedStack("s3");
const described = describedSchema({ tables: TABLES, columns: TABLES * 12 });
const refused: unknown[] = [];
const oracle = await startOracleServer({
  users: [
    { name: "READER", password: "right" },
    { name: "GEOLOGIST", password: "right", grants: ["MUSIT_GEOLOGI"] },
    { name: "NOBODY", password: "right", grants: [] },
    { name: "OUTSIDER", password: "right", status: "no-session" },
  ],
  services: ["MUSIT"],
  schemas: [...described, oddSchema],
  log: (event, details) => event === "login refused" && refused.push(details),
});
afterAll(() => oracle.close());

let folder = 0;
beforeEach(() => {
  folder += 1;
  useEnvironment({
    ...env,
    S3_PREFIX: `snapshot-${process.pid}-${folder}`,
    ORACLE_PROD_HOST: oracle.host,
    ORACLE_PROD_PORT: String(oracle.port),
    ORACLE_PROD_SERVICE: "MUSIT",
    ORACLE_PROD_USER: "reader",
    ORACLE_PROD_PASSWORD: "right",
    ORACLE_USE_THICK_MODE: "false",
  });
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.useRealTimers();
  oracle.faults.clear();
});

/** Runs the flow and gives its result and the texts of its files by name. */
async function snapshot(parameters: { oracle_env?: string; owners_csv?: string } = {}) {
  const result = await snapshotOracleSchema(parameters);
  const files: Record<string, string> = {};
  for (const address of result.uploaded) {
    files[address.split("/").at(-1) ?? ""] = await storedText(s3, address);
  }
  return { result, files };
}

function lines(csv: string | undefined): string[] {
  return (csv ?? "").split("\r\n").slice(0, -1);
}

async function ddl(...statements: string[]): Promise<void> {
  const connectString = `${oracle.host}:${oracle.port}/MUSIT`;
  const connection = await oracledb.getConnection({ user: "reader", password: "right", connectString });
  for (const statement of statements) await connection.execute(statement);
  await connection.close();
}

/** One snapshot of everything, for the tests that only look at it. */
let whole: ReturnType<typeof snapshot> | undefined;
function wholeSnapshot(): ReturnType<typeof snapshot> {
  whole ??= snapshot();
  return whole;
}

test("puts every file of a snapshot under its moment, with the columns that operators know", async () => {
  const { result, files } = await wholeSnapshot();
  expect(result.uploaded.map((address) => address.replace(/^.*\/\d{8}T\d{6}Z\//, ""))).toEqual([
    "tables.csv",
    "columns.csv",
    "constraints.csv",
    "indexes.csv",
    "views.csv",
    "schema.dbml",
    "schema.svg",
    "changes.json",
    "schema_catalog.json",
  ]);
  expect(result.counts.tables).toBe(TABLES + 5);
  expect(lines(files["tables.csv"])).toHaveLength(TABLES + 6);
  expect(lines(files["tables.csv"])[0]).toBe("owner,table_name,tablespace_name,num_rows,last_analyzed");
  expect(lines(files["tables.csv"])).toContain("MUSIT_GEOLOGI,PERSON,USERS,15838,2026-01-15 03:00:00");
  expect(lines(files["tables.csv"])).toContain("RARITETER,RING_A,USERS,,");
  expect(lines(files["columns.csv"])[0]).toBe(
    "owner,table_name,column_name,data_type,data_length,data_precision,data_scale,nullable,column_id,char_used,char_length",
  );
  expect(lines(files["columns.csv"])).toContain(
    "RARITETER,Tabell med små bokstaver,Løpenummer,NUMBER,22,10,0,N,1,,0",
  );
  expect(lines(files["constraints.csv"])[0]).toBe(
    "owner,table_name,constraint_name,constraint_type,r_owner,r_constraint_name,status,validated",
  );
  expect(lines(files["constraints.csv"])).toContain(
    "RARITETER,RING_A,FK_A_B,R,RARITETER,PK_RING_B,ENABLED,VALIDATED",
  );
  expect(lines(files["indexes.csv"])[0]).toBe("owner,table_name,index_name,uniqueness,index_type,status");
  expect(lines(files["indexes.csv"])).toContain("RARITETER,RING_A,PK_RING_A,UNIQUE,NORMAL,VALID");
  expect(lines(files["views.csv"])[0]).toBe("owner,view_name,text_length");
});

test("writes a catalog whose counts are those of its arrays, ordered, with lower-case keys", async () => {
  const { result, files } = await wholeSnapshot();
  const catalog = JSON.parse(files["schema_catalog.json"] ?? "");
  expect(Object.keys(catalog)).toEqual([
    "generated_at_utc",
    "source",
    "counts",
    "tables",
    "columns",
    "constraints",
    "constraint_columns",
    "indexes",
    "index_columns",
    "views",
  ]);
  expect(catalog.source).toEqual({
    host: oracle.host,
    port: oracle.port,
    service_name: "MUSIT",
    owners_filter: [],
  });
  for (const [name, count] of Object.entries(result.counts)) expect(catalog[name]).toHaveLength(count);
  expect(catalog.counts).toEqual(result.counts);
  expect(catalog.index_columns[0]).toEqual({
    owner: "MUSIT_BILDER",
    table_name: expect.any(String),
    index_name: expect.any(String),
    column_name: expect.any(String),
    column_position: 1,
    descend: "ASC",
  });
  const names = catalog.tables.map((row: Record<string, string>) => `${row.owner}\0${row.table_name}`);
  expect(names).toEqual([...names].sort());
});

test("writes DBML in which @dbml/core finds every table, column and both ends of every reference again", async () => {
  const { files } = await wholeSnapshot();
  const found = parsed(files["schema.dbml"] ?? "");
  const drawn = [...described, oddSchema].flatMap(({ owner, tables: all }) =>
    all.filter(({ columns }) => columns.length > 0).map((table) => ({ owner, ...table })),
  );
  const columnsOf = (owner: string, table: { name: string }, columns: readonly { name: string }[]) =>
    `${owner}.${table.name}: ${columns.map(({ name }) => name).join(", ")}`;
  expect(found.tables.map(({ owner, table }) => columnsOf(owner, table, table.fields)).sort()).toEqual(
    drawn.map((table) => columnsOf(table.owner, table, table.columns)).sort(),
  );
  const wanted = drawn.flatMap(({ owner, name: table, foreignKeys = [] }) =>
    foreignKeys.map(({ name = "", columns, references: to }) => {
      const target = { owner: to.owner ?? owner, name: to.table };
      return { name, from: { owner, name: table }, columns, to: target, toColumns: to.columns };
    }),
  );
  // Of two references between the same columns DBML takes one.
  expect(files["schema.dbml"]).toContain("// FK_B_A_AGAIN is left out: it joins the same columns as FK_B_A");
  expect(parsedEnds(found)).toEqual(wantedEnds(wanted.filter(({ name }) => name !== "FK_B_A_AGAIN")));
  expect(parsedEnds(found)).toContain(
    "FK_B_SMALL: RARITETER.RING_B(SMALL_NR, SMALL_YEAR) * > RARITETER.Tabell med små bokstaver(Løpenummer, Year) 1",
  );
  const odd = found.tables.find(({ table }) => table.name === "Tabell med små bokstaver");
  expect(odd?.table.fields.map((field) => [field.name, field.type.type_name])).toEqual([
    ["Løpenummer", "NUMBER(10)"],
    ["Year", "NUMBER(4)"],
    ["C:\\sti 'sitat'", "VARCHAR2(20)"],
    ["when", "TIMESTAMP(6) WITH LOCAL TIME ZONE"],
    ["how long", "INTERVAL DAY(2) TO SECOND(6)"],
    ["blob", "LONG RAW"],
  ]);
});

describe("the changes since the snapshot before", () => {
  test("are none for the first one, and none when nothing changed", async () => {
    vi.useFakeTimers({ toFake: ["Date"], now: new Date("2026-03-01T10:00:00Z") });
    const first = await snapshot();
    expect(first.result.previous).toBeNull();
    vi.setSystemTime(new Date("2026-03-02T10:00:00Z"));
    const second = await snapshot();
    expect(second.result.previous).toBe("20260301T100000Z");
    expect(Object.values(second.result.changes)).toEqual(Array(5).fill({ came: 0, went: 0, changed: 0 }));
  });

  test("name what came, went and changed", async () => {
    await ddl(
      "CREATE TABLE MUSIT_GEOLOGI.GOES (ID NUMBER(10), CONSTRAINT PK_GOES PRIMARY KEY (ID))",
      "CREATE TABLE MUSIT_GEOLOGI.CHANGES (ID NUMBER(10), OLD DATE, NOTE VARCHAR2(20), CONSTRAINT PK_C PRIMARY KEY (ID))",
    );
    vi.useFakeTimers({ toFake: ["Date"], now: new Date("2026-03-01T10:00:00Z") });
    await snapshot();
    await ddl(
      "DROP TABLE MUSIT_GEOLOGI.GOES",
      "DROP TABLE MUSIT_GEOLOGI.CHANGES",
      "CREATE TABLE MUSIT_GEOLOGI.CHANGES (ID NUMBER(10), NEW DATE, NOTE VARCHAR2(40), CONSTRAINT PK_C PRIMARY KEY (ID, NEW))",
      "CREATE TABLE MUSIT_GEOLOGI.COMES (ID NUMBER(10))",
      "CREATE INDEX MUSIT_GEOLOGI.IX_NOTE ON MUSIT_GEOLOGI.CHANGES (NOTE)",
      "CREATE VIEW MUSIT_GEOLOGI.V_COMES AS SELECT * FROM MUSIT_GEOLOGI.COMES",
    );
    vi.setSystemTime(new Date("2026-03-02T10:00:00Z"));
    const { result, files } = await snapshot();
    const changes = JSON.parse(files["changes.json"] ?? "");
    expect(result.changes).toEqual(changes.counts);
    const table = "MUSIT_GEOLOGI.CHANGES";
    expect(changes).toMatchObject({
      generated_at_utc: "20260302T100000Z",
      previous: "20260301T100000Z",
      tables: { came: ["MUSIT_GEOLOGI.COMES"], went: ["MUSIT_GEOLOGI.GOES"], changed: [] },
      columns: {
        came: [`${table}.NEW`],
        went: [`${table}.OLD`],
        changed: [
          {
            name: `${table}.NOTE`,
            was: { data_length: "20", char_length: "20" },
            is: { data_length: "40", char_length: "40" },
          },
        ],
      },
      constraints: {
        changed: [{ name: `${table}.PK_C`, was: { columns: "ID" }, is: { columns: "ID, NEW" } }],
      },
      indexes: { came: [`${table}.IX_NOTE`] },
      views: { came: ["MUSIT_GEOLOGI.V_COMES"], went: [], changed: [] },
    });
  });

  test("are not looked for in a snapshot of other owners", async () => {
    vi.useFakeTimers({ toFake: ["Date"], now: new Date("2026-03-01T10:00:00Z") });
    await snapshot({ owners_csv: "musit_geologi" });
    vi.setSystemTime(new Date("2026-03-02T10:00:00Z"));
    expect((await snapshot()).result.previous).toBeNull();
  });

  test("are not looked for in a snapshot that was never finished, but in the finished one before it", async () => {
    const owners = { owners_csv: "rariteter" };
    vi.useFakeTimers({ toFake: ["Date"], now: new Date("2026-03-01T10:00:00Z") });
    await snapshot(owners);
    vi.setSystemTime(new Date("2026-03-02T10:00:00Z"));
    const { result } = await snapshot(owners);
    expect(result.previous).toBe("20260301T100000Z");
    // The catalog comes last: without it the folder is as a run leaves it that was killed.
    const last = result.uploaded.at(-1) ?? "";
    expect(last).toMatch(/\/20260302T100000Z\/schema_catalog\.json$/);
    await removeStored(s3, last);
    vi.setSystemTime(new Date("2026-03-03T10:00:00Z"));
    expect((await snapshot(owners)).result.previous).toBe("20260301T100000Z");
  });
});

test("reads only the owners that are asked for", async () => {
  const { result, files } = await snapshot({ owners_csv: "musit_geologi, rariteter" });
  expect(
    new Set(
      lines(files["tables.csv"])
        .slice(1)
        .map((line) => line.split(",")[0]),
    ),
  ).toEqual(new Set(["MUSIT_GEOLOGI", "RARITETER"]));
  expect(JSON.parse(files["schema_catalog.json"] ?? "").source.owners_filter).toEqual([
    "MUSIT_GEOLOGI",
    "RARITETER",
  ]);
  expect(result.counts.index_columns).toBeGreaterThan(0);
});

test("holds what the account may see, and counts references to what it may not", async () => {
  vi.stubEnv("ORACLE_PROD_USER", "geologist");
  const { files } = await snapshot();
  expect(
    new Set(
      lines(files["tables.csv"])
        .slice(1)
        .map((line) => line.split(",")[0]),
    ),
  ).toEqual(new Set(["MUSIT_GEOLOGI"]));
  expect(files["schema.dbml"]).toMatch(/\/\/ \d+ foreign keys refer to tables that this account may not see/);
});

test("goes on when Oracle cuts a connection", { timeout: 60_000 }, async () => {
  oracle.faults.set({ cutAfterRows: 40, times: 1 });
  const { result } = await snapshot();
  expect(result.counts.tables).toBeGreaterThanOrEqual(TABLES);
});

describe("before anything is uploaded it ends with a clear error", () => {
  async function failure(parameters: { owners_csv?: string } = {}): Promise<string> {
    const error = await snapshotOracleSchema(parameters).then(
      () => new Error("it worked"),
      (thrown: unknown) => thrown as Error,
    );
    expect(await storedKeys(s3, process.env.S3_PREFIX ?? "")).toEqual([]);
    return error.message;
  }

  test("that names every missing variable, of Oracle and of the storage", async () => {
    for (const name of ["ORACLE_PROD_HOST", "ORACLE_PROD_PASSWORD", "S3_BUCKET", "S3_SECRET_ACCESS_KEY"]) {
      vi.stubEnv(name, "");
    }
    expect(await failure()).toMatch(
      /ORACLE_PROD_HOST, ORACLE_PROD_PASSWORD are not set.* S3_BUCKET, S3_SECRET_ACCESS_KEY .* are not set/,
    );
  });

  test("when the bucket is not there", async () => {
    vi.stubEnv("S3_BUCKET", "bucket-of-nobody");
    const message = await snapshotOracleSchema({}).catch((error: Error) => error.message);
    expect(message).toContain('has no bucket "bucket-of-nobody"');
    expect(message).toContain("Correct S3_BUCKET");
  });

  test("when the account sees no table", async () => {
    vi.stubEnv("ORACLE_PROD_USER", "nobody");
    expect(await failure()).toMatch(
      /^nobody sees no table at all in ALL_TABLES\. Ask the Oracle administrator/,
    );
  });

  test("when the account may not log in", async () => {
    vi.stubEnv("ORACLE_PROD_USER", "outsider");
    expect(await failure()).toMatch(/missing-right-or-table \(ORA-01045\).*CREATE SESSION/);
  });

  test("after one try, when the password is wrong: more could lock the account", async () => {
    vi.stubEnv("ORACLE_PROD_PASSWORD", "wrong");
    refused.length = 0;
    expect(await failure()).toMatch(/wrong-password \(ORA-01017\)/);
    expect(refused).toHaveLength(1);
  });

  test("when it sees nothing of an owner that is asked for", async () => {
    expect(await failure({ owners_csv: "MUSIT_GEOLOGI,MUSIT_GEOLOGY" })).toContain(
      "reader sees no table or view of MUSIT_GEOLOGY. Correct owners_csv",
    );
  });
});
