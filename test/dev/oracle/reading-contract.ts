import oracledb from "oracledb";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { SECTIONS, type SectionName } from "../../../src/flows/snapshot/catalog.ts";
import { selectSection } from "../../../src/flows/snapshot/read-section.ts";
import { exactDateSql, parseExactDate } from "../../../src/oracle/dates.ts";
import { readByKey } from "../../../src/oracle/keyed-read.ts";
import { OraclePool } from "../../../src/oracle/pool.ts";
import type { Login } from "./support.ts";

const PARENT = "STANDIN_PARENT";
const CHILD = "STANDIN_CHILD";

/** What the flows' reading needs of any Oracle. `login` must be allowed to create tables. */
export function readingContract(login: () => Login): void {
  describe("reading", () => {
    let connection: oracledb.Connection;
    let owner = "";

    beforeAll(async () => {
      connection = await oracledb.getConnection(login());
      owner = login().user.toUpperCase();
      await drop();
      for (const sql of [
        `CREATE TABLE ${PARENT} (a NUMBER(10), b NUMBER(5), born DATE, CONSTRAINT standin_parent_pk PRIMARY KEY (a, b))`,
        `CREATE TABLE ${CHILD} (id NUMBER(10) CONSTRAINT standin_child_pk PRIMARY KEY, pa NUMBER(10), pb NUMBER(5),
          note VARCHAR2(30 CHAR), CONSTRAINT standin_child_fk FOREIGN KEY (pa, pb) REFERENCES ${PARENT} (a, b))`,
        `CREATE INDEX standin_child_ix ON ${CHILD} (note)`,
      ])
        await connection.execute(sql);
    });
    afterAll(async () => {
      await drop();
      await connection.close();
    });

    async function drop(): Promise<void> {
      for (const table of [CHILD, PARENT]) {
        const found = await connection.execute<unknown[]>(
          "SELECT table_name FROM user_tables WHERE table_name = :1",
          [table],
        );
        if (found.rows?.length) await connection.execute(`DROP TABLE ${table}`);
      }
    }

    /** The rows of one section that are about these two tables, in their order. */
    async function section(name: SectionName): Promise<Record<string, unknown>[]> {
      const { columns } = SECTIONS[name];
      const { rows = [] } = await connection.execute<unknown[]>(selectSection(name, 1), [owner]);
      return rows
        .map((row) => Object.fromEntries(columns.map((column, index) => [column, row[index]])))
        .filter(({ table_name }) => table_name === PARENT || table_name === CHILD);
    }

    test("the dictionary has tables, columns, composite keys and indexes in the asked order", async () => {
      expect((await section("tables")).map((row) => row.table_name)).toEqual([CHILD, PARENT]);
      expect(
        (await section("columns")).map((row) => [row.column_name, row.data_type, row.column_id]),
      ).toEqual([
        ["ID", "NUMBER", 1],
        ["PA", "NUMBER", 2],
        ["PB", "NUMBER", 3],
        ["NOTE", "VARCHAR2", 4],
        ["A", "NUMBER", 1],
        ["B", "NUMBER", 2],
        ["BORN", "DATE", 3],
      ]);
      const keys = await section("constraints");
      expect(keys.find((row) => row.constraint_name === "STANDIN_CHILD_FK")).toEqual({
        owner,
        table_name: CHILD,
        constraint_name: "STANDIN_CHILD_FK",
        constraint_type: "R",
        r_owner: owner,
        r_constraint_name: "STANDIN_PARENT_PK",
        status: "ENABLED",
        validated: "VALIDATED",
      });
      const columns = await section("constraint_columns");
      const pairs = columns
        .filter((row) => String(row.constraint_name).startsWith("STANDIN_"))
        .map((row) => [row.constraint_name, row.column_name, row.position]);
      expect(pairs).toEqual([
        ["STANDIN_CHILD_FK", "PA", 1],
        ["STANDIN_CHILD_FK", "PB", 2],
        ["STANDIN_CHILD_PK", "ID", 1],
        ["STANDIN_PARENT_PK", "A", 1],
        ["STANDIN_PARENT_PK", "B", 2],
      ]);
      expect((await section("indexes")).map((row) => [row.index_name, row.uniqueness, row.status])).toEqual([
        ["STANDIN_CHILD_IX", "NONUNIQUE", "VALID"],
        ["STANDIN_CHILD_PK", "UNIQUE", "VALID"],
        ["STANDIN_PARENT_PK", "UNIQUE", "VALID"],
      ]);
      expect((await section("index_columns")).map((row) => [row.index_name, row.column_name])).toEqual([
        ["STANDIN_CHILD_IX", "NOTE"],
        ["STANDIN_CHILD_PK", "ID"],
        ["STANDIN_PARENT_PK", "A"],
        ["STANDIN_PARENT_PK", "B"],
      ]);
    });

    test("rows come by key, and exact dates as they stand", async () => {
      const years = [1, 99, 1899, 2024, 9999];
      for (const [index, year] of years.entries()) {
        await connection.execute(
          `INSERT INTO ${PARENT} (a, b, born) VALUES (:1, 1, TO_DATE(:2, 'YYYY-MM-DD HH24:MI:SS'))`,
          [index, `${String(year).padStart(4, "0")}-03-31 02:30:00`],
        );
      }
      await connection.commit();
      const [, host = "", port = "", service = ""] = /^(.+):(\d+)\/(.+)$/.exec(login().connectString) ?? [];
      await using pool = new OraclePool({
        environment: "CONTRACT",
        ...{ host, port: Number(port), service, user: login().user, password: login().password },
        ...{ thick: false, clientLibraryFolder: undefined, stallTimeoutSeconds: 60, reconnectSeconds: 60 },
      });
      const found: unknown[] = [];
      const read = {
        sql: `SELECT a, ${exactDateSql("born")} AS born FROM ${PARENT}`,
        key: "A",
        batchSize: 2,
      };
      for await (const batch of readByKey(pool, { ...read, after: 0 })) {
        for (const { A, BORN } of batch)
          found.push([A, parseExactDate(BORN)?.year, parseExactDate(BORN)?.hour]);
      }
      expect(found).toEqual(years.slice(1).map((year, index) => [index + 1, year, 2]));
    });
  });
}
