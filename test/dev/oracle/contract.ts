import oracledb from "oracledb";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { failure, type Login } from "./support.ts";

const TABLE = "STANDIN_CONTRACT";

/** A small generator of numbers that always gives the same ones. */
function numbersFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Any decimal of up to 38 digits, as Oracle writes it in a text: no zero before the point. */
function anyDecimal(random: () => number): string {
  const digits = Array.from({ length: 1 + Math.floor(random() * 38) }, () => Math.floor(random() * 10)).join(
    "",
  );
  const whole = digits.replace(/^0+/, "").replace(/0+$/, "");
  if (whole === "") return "0";
  const places = Math.floor(random() * (whole.length + 3));
  const padded = whole.padStart(places, "0");
  const text = places === 0 ? whole : `${padded.slice(0, -places)}.${padded.slice(-places)}`;
  return (random() < 0.5 ? "-" : "") + text;
}

/**
 * What any Oracle does, as seen through the genuine driver in thin mode. The same tests run against the stand-in
 * and, where there is one, against a real database. `login` must be allowed to create tables.
 */
export function oracleContract(login: () => Login): void {
  let connection: oracledb.Connection;
  const run = async (
    sql: string,
    binds: oracledb.BindParameters = [],
    options: oracledb.ExecuteOptions = {},
  ) => await connection.execute<unknown[]>(sql, binds, options);
  const rows = async (
    sql: string,
    binds: oracledb.BindParameters = [],
    options: oracledb.ExecuteOptions = {},
  ) => (await run(sql, binds, options)).rows;
  const drop = async () => {
    const { rows: found } = await run("SELECT table_name FROM user_tables WHERE table_name = :1", [TABLE]);
    if (found?.length) await run(`DROP TABLE ${TABLE}`);
  };

  beforeAll(async () => {
    connection = await oracledb.getConnection(login());
    await drop();
    await run(`CREATE TABLE ${TABLE} (
      id NUMBER(10) CONSTRAINT standin_contract_pk PRIMARY KEY, exact NUMBER, price NUMBER(8,2), name VARCHAR2(200 CHAR), code CHAR(5),
      national NVARCHAR2(100), born DATE, seen TIMESTAMP(6), note CLOB, picture BLOB, hash RAW(16), must VARCHAR2(10) DEFAULT 'yes' NOT NULL)`);
  });
  afterEach(async () => {
    await connection.rollback();
  });
  afterAll(async () => {
    await drop();
    await connection.close();
  });

  describe("values", () => {
    test("numbers of up to 38 digits come back digit by digit", async () => {
      const random = numbersFrom(7);
      const given = Array.from({ length: 500 }, () => anyDecimal(random));
      await connection.executeMany(
        `INSERT INTO ${TABLE} (id, exact) VALUES (:1, TO_NUMBER(:2))`,
        given.map((text, index) => [index, text]),
      );
      const found = await rows(`SELECT exact FROM ${TABLE} ORDER BY id`, [], {
        fetchInfo: { EXACT: { type: oracledb.STRING } },
      });
      expect(found?.map(([text]) => text)).toEqual(given);
    });

    test("numbers bound as JavaScript numbers come back as they were", async () => {
      const given = [
        0,
        1,
        -1,
        0.1,
        -0.05,
        99,
        100,
        1e15,
        123456.789,
        -1e-7,
        Number.MAX_SAFE_INTEGER,
        2 ** 53 * 4,
      ];
      for (const number of given)
        expect((await rows("SELECT :n FROM dual", { n: number }))?.[0]).toEqual([number]);
    });

    test("dates and timestamps of many centuries come back to the millisecond", async () => {
      const random = numbersFrom(11);
      const given = Array.from({ length: 200 }, (_none, index) => {
        const seen = new Date(Date.UTC(1000, 0, 1) + Math.floor(random() * 2.8e14));
        return { id: index, born: new Date(Math.floor(seen.getTime() / 1000) * 1000), seen };
      });
      await connection.executeMany(
        `INSERT INTO ${TABLE} (id, born, seen) VALUES (:id, :born, :seen)`,
        given,
        {
          bindDefs: {
            id: { type: oracledb.NUMBER },
            born: { type: oracledb.DB_TYPE_DATE },
            seen: { type: oracledb.DB_TYPE_TIMESTAMP },
          },
        },
      );
      const found = await rows(`SELECT born, seen FROM ${TABLE} ORDER BY id`);
      expect(found).toEqual(given.map(({ born, seen }) => [born, seen]));
    });

    test("text of every script, padded CHAR, national text, RAW and null keep their values", async () => {
      await run(
        `INSERT INTO ${TABLE} (id, name, code, national, hash) VALUES (1, :name, 'ab', :national, :hash)`,
        {
          name: "Åse Gjærevoll 🌿 北",
          national: { val: "Ærø 𝔘", type: oracledb.DB_TYPE_NVARCHAR },
          hash: Buffer.from("00ff10", "hex"),
        },
      );
      await run(`INSERT INTO ${TABLE} (id, name) VALUES (2, '')`);
      const found = await rows(`SELECT name, code, national, hash, born FROM ${TABLE} ORDER BY id`);
      const empty = await rows(`SELECT COUNT(*) FROM ${TABLE} WHERE name IS NULL`);
      const padded = await rows(`SELECT id FROM ${TABLE} WHERE code = 'ab'`);
      expect(found).toEqual([
        ["Åse Gjærevoll 🌿 北", "ab   ", "Ærø 𝔘", Buffer.from("00ff10", "hex"), null],
        [null, null, null, null, null],
      ]);
      expect([empty, padded]).toEqual([[[1]], [[1]]]);
    });

    test("a CLOB is read as a string, as a Lob and through fetchInfo, a BLOB as a Buffer", async () => {
      const text = "Merknad: Ærfugl 🦆 og sånt. ".repeat(5000);
      const picture = Buffer.from(Array.from({ length: 70_000 }, (_none, index) => index % 251));
      await run(`INSERT INTO ${TABLE} (id, note, picture) VALUES (1, :note, :picture)`, {
        note: text,
        picture,
      });
      await run(`INSERT INTO ${TABLE} (id) VALUES (2)`);
      const asText = { fetchInfo: { NOTE: { type: oracledb.STRING }, PICTURE: { type: oracledb.BUFFER } } };
      const sql = `SELECT note, picture FROM ${TABLE} ORDER BY id`;
      const first = await rows(sql, [], asText);
      const again = await rows(sql, [], asText);
      const lobs = await rows(`SELECT note FROM ${TABLE} WHERE id = 1`);
      const lob = lobs?.[0]?.[0] as oracledb.Lob;
      const read = await lob.getData();
      expect(first).toEqual([
        [text, picture],
        [null, null],
      ]);
      expect(again).toEqual(first);
      expect(read).toBe(text);
    });

    test("a string of 30,000 bytes is bound and read in one piece", async () => {
      const text = "æ".repeat(15_000);
      await run(`INSERT INTO ${TABLE} (id, note) VALUES (1, :1)`, [text]);
      const found = await rows(`SELECT note FROM ${TABLE}`, [], {
        fetchInfo: { NOTE: { type: oracledb.STRING } },
      });
      expect(found).toEqual([[text]]);
    });
  });

  describe("statements", () => {
    test("columns are described with name, type, precision and nullability", async () => {
      const { metaData } = await run(`SELECT id, exact, price, name, code, born, seen, must FROM ${TABLE}`);
      const seen = metaData?.map(({ name, dbTypeName, precision, scale, nullable }) => [
        name,
        dbTypeName,
        precision,
        scale,
        nullable,
      ]);
      expect(seen).toEqual([
        ["ID", "NUMBER", 10, 0, false],
        ["EXACT", "NUMBER", 0, -127, true],
        ["PRICE", "NUMBER", 8, 2, true],
        ["NAME", "VARCHAR2", undefined, undefined, true],
        ["CODE", "CHAR", undefined, undefined, true],
        ["BORN", "DATE", undefined, undefined, true],
        ["SEEN", "TIMESTAMP", 6, undefined, true],
        ["MUST", "VARCHAR2", undefined, undefined, false],
      ]);
    });

    test("binds work by name and by position, and text that only looks like one is left alone", async () => {
      expect(await rows("SELECT :b, :a, :b FROM dual", { a: "one", b: 2 })).toEqual([[2, "one", 2]]);
      expect(await rows("SELECT :1, :2 FROM dual", ["x", null])).toEqual([["x", null]]);
      expect(
        await rows(`SELECT ':no' AS "Quoted :name" /* :no */, :yes FROM dual -- :no`, { yes: 1 }),
      ).toEqual([[":no", 1]]);
    });

    test("rows come in any fetch size, none lost and none twice", async () => {
      await connection.executeMany(
        `INSERT INTO ${TABLE} (id, name) VALUES (:1, :2)`,
        Array.from({ length: 1003 }, (_none, id) => [id, `name ${id}`]),
      );
      for (const [fetchArraySize, prefetchRows] of [
        [1, 0],
        [7, 3],
        [100, 100],
        [5000, 2],
        [1003, 1003],
      ] as const) {
        const { resultSet } = await run(`SELECT id FROM ${TABLE} ORDER BY id`, [], {
          resultSet: true,
          fetchArraySize,
          prefetchRows,
        });
        const seen: unknown[] = [];
        for (
          let batch = await resultSet?.getRows(250);
          batch?.length;
          batch = await resultSet?.getRows(250)
        ) {
          seen.push(...batch.map(([id]) => id));
        }
        await resultSet?.close();
        expect(seen, `fetchArraySize ${fetchArraySize}`).toEqual(
          Array.from({ length: 1003 }, (_none, id) => id),
        );
      }
    });

    test("uncommitted rows are seen by their own session only; commit and rollback do what they say", async () => {
      const other = await oracledb.getConnection(login());
      const count = async (one: oracledb.Connection) =>
        (await one.execute<[number]>(`SELECT COUNT(*) FROM ${TABLE}`)).rows?.[0]?.[0];
      try {
        expect((await run(`INSERT INTO ${TABLE} (id) VALUES (1)`)).rowsAffected).toBe(1);
        expect(connection.transactionInProgress).toBe(true);
        expect([await count(connection), await count(other)]).toEqual([1, 0]);
        await connection.rollback();
        expect(connection.transactionInProgress).toBe(false);
        await run(`INSERT INTO ${TABLE} (id) VALUES (1)`);
        await connection.commit();
        expect(await count(other)).toBe(1);
        expect((await run(`DELETE FROM ${TABLE}`, [], { autoCommit: true })).rowsAffected).toBe(1);
        expect([connection.transactionInProgress, await count(other)]).toEqual([false, 0]);
      } finally {
        await other.close();
      }
    });

    test("executeMany reports each row that fails and keeps the others", async () => {
      const { rowsAffected, batchErrors } = await connection.executeMany(
        `INSERT INTO ${TABLE} (id, name) VALUES (:1, :2)`,
        [
          [1, "a"],
          [1, "b"],
          [2, "c"],
          [null, "d"],
        ],
        { batchErrors: true },
      );
      const kept = await rows(`SELECT name FROM ${TABLE} ORDER BY id`);
      expect(rowsAffected).toBe(2);
      expect(
        batchErrors?.map(({ offset, errorNum, message }) => [
          offset,
          errorNum ?? Number(/ORA-(\d+)/.exec(message)?.[1]),
        ]),
      ).toEqual([
        [1, 1],
        [3, 1400],
      ]);
      expect(kept).toEqual([["a"], ["c"]]);
    });

    test.each([
      ["SELECT 1 FROM no_such_table", 942],
      ["SELECT no_such_column FROM dual", 904],
      ["SELECT 1 dual", 923],
      ["SELEC 1 FROM dual", 900],
      ["SELECT 'open FROM dual", 1756],
      ["SELECT 1 FROM dual WHERE", 936],
      ["SELECT (1 FROM dual", 907],
      ["SELECT 1 FROM dual ORDER dummy", 924],
      ["SELECT TO_NUMBER('x') FROM dual", 1722],
      ["SELECT TO_DATE('2024-13-01', 'YYYY-MM-DD') FROM dual", 1843],
      ["SELECT 1/0 FROM dual", 1476],
      [`INSERT INTO ${TABLE} (id, must) VALUES (1, NULL)`, 1400],
      [`INSERT INTO ${TABLE} (id, must) VALUES (1, '12345678901')`, 12899],
      [`INSERT INTO ${TABLE} (id, price) VALUES (1, 1234567.891)`, 1438],
    ])("%s fails with ORA-%i, and the session goes on", async (sql, code) => {
      expect((await failure(run(sql))).errorNum).toBe(code);
      expect(await rows("SELECT dummy FROM dual")).toEqual([["X"]]);
    });

    test("ALTER SESSION and an anonymous block with no effect are accepted", async () => {
      await run("ALTER SESSION SET NLS_DATE_FORMAT = 'YYYY-MM-DD'");
      await run("BEGIN NULL; END;");
      await connection.ping();
      expect(connection.isHealthy()).toBe(true);
    });

    test("a block gives values back through its binds", async () => {
      const { outBinds } = await run("BEGIN :sum := :a + 1; :text := 'x' || :a; END;", {
        a: 41,
        sum: { dir: oracledb.BIND_OUT, type: oracledb.NUMBER },
        text: { dir: oracledb.BIND_OUT, type: oracledb.STRING },
      });
      expect(outBinds).toEqual({ sum: 42, text: "x41" });
    });
  });

  describe("SQL", () => {
    test.each<[string, unknown[][]]>([
      [
        "SELECT 'a' || NULL || 'b', NVL(NULL, 'c'), NVL2('x', 1, 2), COALESCE(NULL, NULL, 3) FROM dual",
        [["ab", "c", 1, 3]],
      ],
      [
        "SELECT DECODE(NULL, NULL, 'null', 'other'), DECODE(2, 1, 'a', 2, 'b'), DECODE(9, 1, 'a') FROM dual",
        [["null", "b", null]],
      ],
      [
        "SELECT 1/4, MOD(7, 3), ROUND(2.5), ROUND(-1234.567, 2), TRUNC(9.99, 1), CEIL(1.1), FLOOR(-1.1) FROM dual",
        [[0.25, 1, 3, -1234.57, 9.9, 2, -2]],
      ],
      ["SELECT 0.1 + 0.2, 1.1 * 3, 5 - 7.25 FROM dual", [[0.3, 3.3, -2.25]]],
      [
        "SELECT UPPER('æøå'), INITCAP('ole bull'), SUBSTR('abcdef', -3, 2), INSTR('a.b.c', '.', 1, 2), LENGTH('Ærø') FROM dual",
        [["ÆØÅ", "Ole Bull", "de", 4, 3]],
      ],
      [
        "SELECT TRIM(' a '), LTRIM('xxa', 'x'), RPAD('a', 3, '-'), LPAD('7', 3, '0'), REPLACE('a-b', '-', '+') FROM dual",
        [["a", "a", "a--", "007", "a+b"]],
      ],
      [
        "SELECT TO_CHAR(DATE '2024-02-29', 'YYYY-MM-DD HH24:MI:SS'), TO_CHAR(DATE '2024-02-29', 'DD.MM.YY') FROM dual",
        [["2024-02-29 00:00:00", "29.02.24"]],
      ],
      [
        "SELECT TO_CHAR(1234.5, 'FM9G999D00'), TO_CHAR(0.5), TO_CHAR(7, '000') FROM dual",
        [["1,234.50", ".5", " 007"]],
      ],
      [
        "SELECT TO_CHAR(ADD_MONTHS(DATE '2024-01-31', 1), 'YYYY-MM-DD'), DATE '2024-03-01' - DATE '2024-02-01' FROM dual",
        [["2024-02-29", 29]],
      ],
      [
        "SELECT TO_CHAR(TO_DATE('17.05.1814 13:45', 'DD.MM.YYYY HH24:MI') + 1, 'YYYY-MM-DD HH24:MI') FROM dual",
        [["1814-05-18 13:45"]],
      ],
      [
        "SELECT EXTRACT(YEAR FROM DATE '1905-06-07'), TO_CHAR(TRUNC(DATE '1905-06-07', 'MM'), 'YYYYMMDD') FROM dual",
        [[1905, "19050601"]],
      ],
      [
        "SELECT n FROM (SELECT 1 n FROM dual UNION SELECT 2 FROM dual UNION ALL SELECT 3 FROM dual) WHERE n > 1 ORDER BY n DESC",
        [[3], [2]],
      ],
      ["SELECT 1 FROM dual MINUS SELECT 2 FROM dual", [[1]]],
      [
        "WITH q AS (SELECT 1 a FROM dual UNION ALL SELECT NULL FROM dual) SELECT a FROM q ORDER BY a",
        [[1], [null]],
      ],
      [
        "WITH q AS (SELECT 1 a FROM dual UNION ALL SELECT NULL FROM dual) SELECT a FROM q ORDER BY a DESC",
        [[null], [1]],
      ],
      ["SELECT CASE WHEN 'a' = 'A' THEN 'same' ELSE 'other' END FROM dual", [["other"]]],
      [
        "SELECT COUNT(*), SUM(n), AVG(n), MIN(n) FROM (SELECT 1.5 n FROM dual UNION ALL SELECT 2 FROM dual)",
        [[2, 3.5, 1.75, 1.5]],
      ],
      [
        "SELECT LISTAGG(n, '+') WITHIN GROUP (ORDER BY n DESC) FROM (SELECT 1 n FROM dual UNION ALL SELECT 2 FROM dual)",
        [["2+1"]],
      ],
    ])("%s", async (sql, expected) => {
      expect(await rows(sql)).toEqual(expected);
    });

    test("ROWNUM, FETCH FIRST and OFFSET limit what is read", async () => {
      await connection.executeMany(`INSERT INTO ${TABLE} (id) VALUES (:1)`, [[1], [2], [3], [4], [5]]);
      const inner = `SELECT id FROM ${TABLE} ORDER BY id`;
      const seen = {
        rownum: await rows(`SELECT id FROM (${inner}) WHERE ROWNUM <= 2`),
        page: await rows(
          `SELECT id, r FROM (SELECT x.*, ROWNUM r FROM (${inner}) x WHERE ROWNUM <= :hi) WHERE r > :lo`,
          { hi: 4, lo: 2 },
        ),
        first: await rows(`${inner} FETCH FIRST 1 ROW ONLY`),
        next: await rows(`${inner} OFFSET 3 ROWS FETCH NEXT 5 ROWS ONLY`),
        counted: await rows(`SELECT COUNT(*) FROM ${TABLE} WHERE ROWNUM < 4`),
      };
      expect(seen).toEqual({
        rownum: [[1], [2]],
        page: [
          [3, 3],
          [4, 4],
        ],
        first: [[1]],
        next: [[4], [5]],
        counted: [[3]],
      });
    });

    test("outer joins in both spellings keep the rows without a partner", async () => {
      const q =
        "WITH a AS (SELECT 1 id FROM dual UNION ALL SELECT 2 FROM dual), b AS (SELECT 2 id, 'two' t FROM dual)";
      const expected = [
        [1, null],
        [2, "two"],
      ];
      expect(await rows(`${q} SELECT a.id, b.t FROM a LEFT JOIN b ON b.id = a.id ORDER BY a.id`)).toEqual(
        expected,
      );
      expect(await rows(`${q} SELECT a.id, b.t FROM a, b WHERE b.id (+) = a.id ORDER BY a.id`)).toEqual(
        expected,
      );
    });

    test("the dictionary knows the table, its columns and its keys", async () => {
      const columns = await rows(
        `SELECT column_name, data_type, data_precision, data_scale, nullable, char_length, char_used FROM user_tab_columns
         WHERE table_name = :t AND column_id <= 4 ORDER BY column_id`,
        { t: TABLE },
      );
      const keys = await rows(
        `SELECT c.constraint_type, k.column_name, k.position FROM user_constraints c
         JOIN user_cons_columns k ON k.constraint_name = c.constraint_name WHERE c.table_name = :t AND c.constraint_type = 'P'`,
        { t: TABLE },
      );
      expect(columns).toEqual([
        ["ID", "NUMBER", 10, 0, "N", 0, null],
        ["EXACT", "NUMBER", null, null, "Y", 0, null],
        ["PRICE", "NUMBER", 8, 2, "Y", 0, null],
        ["NAME", "VARCHAR2", null, null, "Y", 200, "C"],
      ]);
      expect(keys).toEqual([["P", "ID", 1]]);
    });
  });
}
