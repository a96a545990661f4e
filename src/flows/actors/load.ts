import type { OraclePool } from "../../oracle/pool.ts";
import { NamedLines } from "../../reports/report.ts";
import { type AgentToInsert, newGuid } from "../../specify/agents.ts";
import { readTextColumns, type TextColumns } from "../../specify/columns.ts";
import { openSpecify, type Reader } from "../../specify/database.ts";
import { firstDivision } from "../../specify/divisions.ts";
import { LockedSession } from "../../specify/locked-session.ts";
import type { SpecifySettings } from "../../specify/settings.ts";
import type { NotWritten } from "../../specify/write-halving.ts";
import { agentOfActor } from "./agent-of-actor.ts";
import { ExistingActors } from "./existing.ts";
import { type OracleActor, readActors } from "./oracle-actors.ts";
import { countType, findRemaining, type TypeCounts } from "./remaining.ts";
import type { MusitSchema } from "./schemas.ts";
import { type ActorToWrite, writeActors } from "./write.ts";

/** How far a run is. */
export interface ActorProgress {
  schema: MusitSchema;
  /** Actors of this schema whose fate is known. */
  done: number;
  created: number;
  skipped: number;
  errors: number;
}

interface LoadOptions {
  schemas: readonly MusitSchema[];
  dryRun: boolean;
  /** Who this run is, for those who would write at the same time. */
  holder: string;
  signal: AbortSignal;
  /** Also gets each truncation, as soon as its row is in; those that the report will name. */
  log: (message: string) => void;
  /** Gets each row that could not be migrated, likewise. */
  warn: (message: string) => void;
  /** Told after each batch. */
  onProgress: (progress: ActorProgress) => void | Promise<void>;
}

/** What became of the actors; in a dry run, what would have. */
export interface LoadedActors {
  rowsPerSchema: Record<string, number>;
  /** By ACTOR_TYPE as it stands in Oracle. */
  typeCounts: TypeCounts;
  created: number;
  skipped: number;
  errors: NamedLines;
  truncations: NamedLines;
}

/** Their cuts are in no report of this run. */
const SKIPPED =
  ". They are skipped; what was cut short in them stands in the log, and the report, of the run that brought them in";

/**
 * Actors that are written in one transaction: enough that its commit costs little, and little to be undone. What lives
 * while two batches do is what V8 has to copy about, and a run with five thousand is larger by 20 MB. A log line comes each 5,000.
 */
const BATCH_ROWS = 2_500;

/**
 * Brings the actors of these schemas into Specify: reads and writes at the same time, and holds no more than two batches.
 * @throws the drivers' errors; Error when there is no division, or another run of this migration is writing
 */
export async function loadActors(
  pool: OraclePool,
  settings: SpecifySettings,
  options: LoadOptions,
): Promise<LoadedActors> {
  const { schemas, dryRun, holder, signal, log } = options;
  await using database = await openSpecify(settings);
  const lock = { migration: "Migrate MUSIT Actors", holder, signal, log };
  await using session = dryRun ? undefined : await LockedSession.open(database, lock);
  const specify: Reader = session ?? database;
  const divisionId = await firstDivision(specify);
  const columns = await readTextColumns(specify, ["agent"]);
  const loaded: LoadedActors = {
    rowsPerSchema: {},
    typeCounts: { "0": 0, "1": 0, "2": 0, null: 0 },
    created: 0,
    skipped: 0,
    errors: new NamedLines(),
    truncations: new NamedLines(),
  };
  const batchRows = settings.batchRows ?? BATCH_ROWS;
  const work: SchemaWork[] = [];
  for (const schema of schemas) {
    const existing = await ExistingActors.read(specify, schema, session?.timesLocked ?? 0);
    log(`${schema}: ${existing.size} agents have come from here before${existing.size === 0 ? "" : SKIPPED}`);
    work.push({ ...options, schema, existing, columns, divisionId, session, batchRows });
  }
  await readAndWrite(pool, work, loaded, options);
  return loaded;
}

interface SchemaWork extends LoadOptions {
  schema: MusitSchema;
  existing: ExistingActors;
  columns: TextColumns;
  divisionId: number;
  session: LockedSession | undefined;
  batchRows: number;
}

/** While one batch is being written the next is read, also across the end of a schema, and no more than that. */
async function readAndWrite(
  pool: OraclePool,
  schemas: readonly SchemaWork[],
  loaded: LoadedActors,
  { signal, log }: LoadOptions,
): Promise<void> {
  let writing: Promise<void> = Promise.resolve();
  const thenWrite = (next: () => Promise<void> | void): void => {
    writing = writing.then(next);
    // Whoever waits for it is told; until then it is nobody's unhandled rejection.
    writing.catch(() => undefined);
  };
  try {
    for (const work of schemas) {
      const { schema } = work;
      const progress: ActorProgress = { schema, done: 0, created: 0, skipped: 0, errors: 0 };
      loaded.rowsPerSchema[schema] = 0;
      for await (const batch of readBatches(pool, work, loaded)) {
        await writing;
        signal.throwIfAborted();
        thenWrite(() => writeBatch(batch, work, loaded, progress));
      }
      thenWrite(() => log(`Finished ${schema}.ACTOR: ${progress.done} rows`));
    }
  } finally {
    // Also when reading failed: nothing is left behind that writes on, and what went in is counted.
    await writing.catch(() => undefined);
  }
  await writing;
}

/** What a schema has, in batches; what an earlier run has left behind as one. */
async function* readBatches(
  pool: OraclePool,
  work: SchemaWork,
  { typeCounts }: LoadedActors,
): AsyncGenerator<Batch> {
  const { schema, existing, batchRows } = work;
  const { present, range } = await findRemaining(pool, schema, existing);
  let skipped = 0;
  for (const [type, count] of Object.entries(present)) {
    countType(typeCounts, type, count);
    skipped += count;
  }
  if (skipped > 0) yield { rows: skipped, skipped, write: [] };
  if (range === undefined) return;
  let batch = emptyBatch();
  for await (const actors of readActors(pool, schema, range)) {
    for (const actor of actors) {
      countType(typeCounts, actor.type);
      batch.rows += 1;
      if (existing.has(actor.id)) batch.skipped += 1;
      else batch.write.push(prepared(actor, work));
      if (batch.rows < batchRows) continue;
      yield batch;
      batch = emptyBatch();
    }
  }
  if (batch.rows > 0) yield batch;
}

const NOTHING_LEFT: NotWritten<ActorToWrite> = { refused: [], present: [] };

interface Batch {
  rows: number;
  skipped: number;
  write: ActorToWrite[];
}

function emptyBatch(): Batch {
  return { rows: 0, skipped: 0, write: [] };
}

function prepared(actor: OracleActor, { schema, columns }: SchemaWork): ActorToWrite {
  let cuts: string[] | undefined;
  const note = (line: string): void => {
    cuts ??= [];
    cuts.push(`${schema}.ACTOR_ID=${actor.id}: ${line}`);
  };
  const agent: AgentToInsert = Object.assign(agentOfActor(actor, schema, columns, note), { guid: newGuid() });
  return { id: actor.id, agent, cuts };
}

async function writeBatch(
  batch: Batch,
  work: SchemaWork,
  loaded: LoadedActors,
  progress: ActorProgress,
): Promise<void> {
  const { schema, session, divisionId, existing, log, warn, onProgress } = work;
  const { refused, present } = session
    ? await writeActors(session, batch.write, divisionId, existing)
    : NOTHING_LEFT;
  const left = new Set([...refused.map(({ row }) => row), ...present]);
  const skipped = batch.skipped + present.length;
  const created = batch.write.length - left.size;
  loaded.skipped += skipped;
  loaded.created += created;
  loaded.rowsPerSchema[schema] = progress.done + batch.rows;
  if (present.length > 0) {
    log(`${schema}: ${present.length} actors came in by another run meanwhile, and are skipped`);
  }
  for (const { row, reason } of refused) {
    const line = `Error migrating ${schema}.ACTOR_ID=${row.id}: ${reason}`;
    if (loaded.errors.add(line)) warn(line);
  }
  for (const row of batch.write) {
    if (!row.cuts || left.has(row)) continue;
    for (const line of row.cuts) if (loaded.truncations.add(line)) log(line);
  }
  progress.done += batch.rows;
  progress.skipped += skipped;
  progress.created += created;
  progress.errors += refused.length;
  await onProgress({ ...progress });
}
