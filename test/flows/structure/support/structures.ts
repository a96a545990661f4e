import { parseConfig, type ReadConfig } from "../../../../src/flows/structure/config.ts";
import { type SyncedStructure, syncStructure } from "../../../../src/flows/structure/sync.ts";
import type { SpecifyDatabase, Statements } from "../../../../src/specify/database.ts";
import type { SpecifySettings } from "../../../../src/specify/settings.ts";
import { rowsOfCollection, rowsOfDiscipline } from "../../../specify/structure/support/rows-of.ts";

/** A file of these divisions: name, then disciplines as "name: type: codes". */
export function structureFile(
  divisions: Readonly<Record<string, readonly string[]>>,
  institution = "UniMus:Natur",
): ReadConfig {
  const content = {
    institution_name: institution,
    divisions: Object.entries(divisions).map(([name, disciplines]) => ({
      name,
      disciplines: disciplines.map((text) => {
        const [discipline = "", type = "", codes = ""] = text.split(": ");
        return {
          name: discipline,
          type,
          collections: codes.split(" ").flatMap((code) => (code === "" ? [] : [{ code }])),
        };
      }),
    })),
  };
  return parseConfig({ path: "f.yaml", text: JSON.stringify(content, null, 1) });
}

/** Brings Specify to a file, as the flow does. */
export function sync(
  file: ReadConfig,
  settings: SpecifySettings,
  { dryRun = false, log = (_line: string): void => undefined, signal = new AbortController().signal } = {},
): Promise<SyncedStructure> {
  return syncStructure(file, settings, { dryRun, holder: "a test", signal, log });
}

/** "created/skipped errors" of divisions, disciplines and collections together. */
export function figures({ written }: SyncedStructure): string {
  return `${written.created.length}/${written.skipped.length} ${written.errors.length}`;
}

/** All that belongs to a division, by names; without what differs each time. */
export async function everythingOf(database: Statements, division: string): Promise<Record<string, unknown>> {
  const agents = await database.query(
    `SELECT a.AgentType, a.FirstName, a.LastName, a.SpecifyUserID FROM agent a
       JOIN division d ON d.usergroupscopeid = a.DivisionID WHERE d.Name = ? ORDER BY a.SpecifyUserID`,
    [division],
  );
  const disciplines = await database.query<{ id: number; name: string }>(
    `SELECT p.usergroupscopeid AS id, p.Name AS name FROM discipline p
       JOIN division d ON d.usergroupscopeid = p.DivisionID WHERE d.Name = ? ORDER BY 1`,
    [division],
  );
  const found: Record<string, unknown> = { agents };
  for (const { id, name } of disciplines) {
    found[name] = await rowsOfDiscipline(database, id);
    const collections = await database.query<{ id: number; code: string }>(
      "SELECT usergroupscopeid AS id, Code AS code FROM collection WHERE DisciplineID = ? ORDER BY 1",
      [id],
    );
    for (const collection of collections) {
      found[`${name} ${collection.code}`] = await rowsOfCollection(database, collection.id);
    }
  }
  return JSON.parse(JSON.stringify(found, withoutNodeNumbers));
}

/** Where a tree stands among the others decides its numbers, and its number that of its rows. */
function withoutNodeNumbers(key: string, value: unknown): unknown {
  return /^(?:nodenumber|highestchildnodenumber|taxontreedefid|disciplineid)$/.test(key) && value !== null
    ? "a number"
    : value;
}

/** A checksum of each table. */
export async function checksums(database: SpecifyDatabase): Promise<unknown[]> {
  const tables = await database.query<{ name: string }>(
    "SELECT TABLE_NAME AS name FROM information_schema.TABLES WHERE TABLE_SCHEMA = ? ORDER BY 1",
    [database.settings.database],
  );
  return database.query(`CHECKSUM TABLE ${tables.map(({ name }) => name).join(", ")}`);
}
