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

/** The same, opened; closed when the file is done. */
export async function openFreshSpecify(options?: { firstDiscipline: boolean }): Promise<SpecifyDatabase> {
  const database = await openSpecify(await freshSpecify(options));
  afterAll(() => database.close());
  return database;
}
