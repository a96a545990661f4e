import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { createConnection } from "mariadb";
import { afterAll } from "vitest";
import { dropSpecifyDatabase } from "../../../dev/specify/database.ts";
import { openSpecify, type SpecifyDatabase } from "../../../src/specify/database.ts";
import { sharedStack } from "../../support/shared-stack.ts";

/** A dump of a database that Specify 7.12 itself has set up, where there is one; it is no part of the project. */
const DUMP =
  process.env.SPECIFY_DATABASE_DUMP ??
  join(import.meta.dirname, "..", "..", "..", "..", "shared", "specify-database.sql.gz");

export const genuineSpecifyIsThere = existsSync(DUMP);

/** A copy of the genuine database, on the shared MariaDB, opened; removed when the file is done. */
export async function openGenuineSpecify(): Promise<SpecifyDatabase> {
  const { mariadb } = await sharedStack("mariadb");
  const { host, port, user, password } = mariadb;
  const database = `specify_genuine_${randomUUID().slice(0, 8)}`;
  afterAll(() => dropSpecifyDatabase(mariadb, database));
  const connection = await createConnection({ host, port, user, password });
  try {
    await connection.query(
      `CREATE DATABASE \`${database}\` CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci`,
    );
    await connection.query(`USE \`${database}\``);
    const text = (await promisify(gunzip)(await readFile(DUMP))).toString();
    // The dump ends each statement with ";" and the line; line ends within texts are escaped there.
    for (const statement of text.split(/;\n/)) {
      const sql = statement.replace(/^(?:--.*\n|\s+|\/\*M!.*\*\/\s*\n)+/, "").trim();
      if (sql !== "" && !sql.startsWith("--")) await connection.query(sql);
    }
  } finally {
    await connection.end();
  }
  const opened = await openSpecify({ host, port, user, password, database });
  afterAll(() => opened.close());
  return opened;
}
