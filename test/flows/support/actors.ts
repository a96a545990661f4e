import { afterAll } from "vitest";
import { actorTables, options } from "../../../dev/data/oracle.ts";
import { type OracleServer, startOracleServer } from "../../../dev/oracle/server.ts";
import type { SpecifyDatabase } from "../../../src/specify/database.ts";

/** So many actors of each schema on an Oracle stand-in in this process; stopped when the file is done. */
export async function startActors(counts: { botany: number; entomology: number }): Promise<OracleServer> {
  const server = await startOracleServer(options);
  afterAll(() => server.close());
  const tables = actorTables({
    MUSIT_BOTANIKK_FELLES: counts.botany,
    MUSIT_ZOOLOGI_ENTOMOLOGI: counts.entomology,
  });
  for (const [name, source] of Object.entries(tables)) {
    const [owner = "", table = ""] = name.split(".");
    await server.load(owner, table, source());
  }
  return server;
}

/** The agents that came from actors, each with all that does not differ from one run to the next, ordered. Dates are texts. */
export async function migratedAgents(database: SpecifyDatabase): Promise<Record<string, unknown>[]> {
  const rows = await database.query<Record<string, unknown>>(
    `SELECT a.*, DATE_FORMAT(DateOfBirth, '%Y-%m-%d %T') AS born, DATE_FORMAT(DateOfDeath, '%Y-%m-%d %T') AS died
       FROM agent a WHERE Remarks LIKE 'MUSIT-migration: ACTOR; %' ORDER BY Remarks, agentid`,
  );
  return rows.map((row) => {
    const { agentid: _id, GUID: _guid, TimestampCreated: _made, TimestampModified: _changed, ...rest } = row;
    const { born, died, ...same } = rest;
    return { ...same, DateOfBirth: born, DateOfDeath: died };
  });
}

/** Takes away what a migration of actors made. */
export async function removeMigratedAgents(database: SpecifyDatabase): Promise<void> {
  await database.query("DELETE FROM agent WHERE Remarks LIKE 'MUSIT-migration: ACTOR; %'");
}
