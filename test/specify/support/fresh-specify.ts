import { randomUUID } from "node:crypto";
import { afterAll } from "vitest";
import { createSpecifyDatabase, dropSpecifyDatabase } from "../../../dev/specify/database.ts";
import { openSpecify, type SpecifyDatabase } from "../../../src/specify/database.ts";
import type { SpecifySettings } from "../../../src/specify/settings.ts";
import { sharedStack } from "../../support/shared-stack.ts";

/**
 * A Specify database of this test file's own, on the shared MariaDB; removed when the file is done. With `firstDiscipline` it has a
 * discipline and a collection.
 */
export async function freshSpecify(options?: { firstDiscipline: boolean }): Promise<SpecifySettings> {
  const { mariadb } = await sharedStack("mariadb");
  const database = `specify_${randomUUID().replaceAll("-", "")}`;
  await createSpecifyDatabase(mariadb, database, options);
  afterAll(() => dropSpecifyDatabase(mariadb, database));
  const { host, port, user, password } = mariadb;
  return { host, port, database, user, password };
}

/** One whose setup was never finished. */
export async function specifyWithoutDivision(): Promise<SpecifySettings> {
  const settings = await freshSpecify();
  await using database = await openSpecify(settings);
  await database.transaction(async (statements) => {
    await statements.query("SET SESSION foreign_key_checks = 0");
    await statements.query("DELETE FROM division");
    await statements.query("SET SESSION foreign_key_checks = 1");
  });
  return settings;
}

/** A fresh one, opened; closed when the file is done. */
export async function openFreshSpecify(options?: { firstDiscipline: boolean }): Promise<SpecifyDatabase> {
  const database = await openSpecify(await freshSpecify(options));
  afterAll(() => database.close());
  return database;
}
