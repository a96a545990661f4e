import { readTextColumns } from "../../specify/columns.ts";
import { openSpecify } from "../../specify/database.ts";
import { LockedSession } from "../../specify/locked-session.ts";
import type { SpecifySettings } from "../../specify/settings.ts";
import { readStructure } from "../../specify/structure/read-structure.ts";
import { STRUCTURE_TABLES } from "../../specify/structure/tables.ts";
import type { ReadConfig } from "./config.ts";
import { StructureWriter } from "./create.ts";
import { checkThatTextsFit } from "./fitting.ts";
import { readNames } from "./names.ts";
import { planStructure, type StructurePlan } from "./plan.ts";
import { type WrittenStructure, writeStructure } from "./write.ts";

interface SyncOptions {
  dryRun: boolean;
  /** How this run is named to another one (see `thisRun`). */
  holder: string;
  signal: AbortSignal;
  log: (message: string) => void;
}

/** What was decided and what was written; in a dry run, what would have been. */
export interface SyncedStructure {
  plan: StructurePlan;
  written: WrittenStructure;
}

/** The flow's name, by which its lock goes. */
export const SYNC_STRUCTURE = "Sync Specify structure";

/**
 * Brings Specify to the structure of the file: reads what there is, decides, and creates what is missing.
 * @throws StructureConfigError for texts that this database cannot hold; Error when a table is missing, the institution is not there
 *   exactly once, or another run is writing; the driver's errors
 */
export async function syncStructure(
  file: ReadConfig,
  settings: SpecifySettings,
  { dryRun, holder, signal, log }: SyncOptions,
): Promise<SyncedStructure> {
  await using database = await openSpecify(settings);
  await using session = dryRun
    ? undefined
    : await LockedSession.open(database, { migration: SYNC_STRUCTURE, holder, signal, log });
  checkThatTextsFit(file, await readTextColumns(database, STRUCTURE_TABLES));
  const names = await readNames(database, file);
  const plan = planStructure(file.config, await readStructure(database), names);
  signal.throwIfAborted();
  const written = await writeStructure(plan, session && new StructureWriter(session, log), signal);
  return { plan, written };
}
