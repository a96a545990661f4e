import { logger, task } from "prefect-ts";
import { diagnoseOracle } from "../../oracle/diagnose.ts";
import { OraclePool } from "../../oracle/pool.ts";
import type { OracleSettings } from "../../oracle/settings.ts";
import { diagnosed } from "../failures.ts";
import { oracleTries } from "../oracle-tries.ts";
import { type Catalog, type CatalogRow, SECTION_NAMES, SECTIONS, type SnapshotSource } from "./catalog.ts";
import type { SnapshotProgress } from "./progress.ts";
import { readSection } from "./read-section.ts";

/** Sessions that read dictionary views at once: Oracle takes long for some of them. */
const SESSIONS = 3;

const connect = task(
  { name: "Connect to Oracle", ...oracleTries },
  async (open: () => Promise<AsyncDisposable>) => {
    await using _lease = await open();
  },
);

// The work comes as a function: a pool is no parameter to be looked through.
const readView = task(
  {
    name: "Read a dictionary view",
    taskRunName: (view: string, _read: () => Promise<CatalogRow[]>) => `Read ${view}`,
    ...oracleTries,
  },
  (_view: string, read: () => Promise<CatalogRow[]>) => read(),
);

/** Reads the seven dictionary views, a task each. @throws Error with the diagnosis of what failed */
export async function readCatalog(
  settings: OracleSettings,
  snapshot: { generated_at_utc: string; source: SnapshotSource },
  { signal, progress }: { signal: AbortSignal; progress: SnapshotProgress },
): Promise<Catalog> {
  const log = (message: string): void => logger.info(message);
  await using pool = new OraclePool(settings, { size: SESSIONS, signal, log });
  const diagnosedAs = <T>(what: string, work: () => Promise<T>): Promise<T> =>
    diagnosed(`Oracle ${settings.environment}${what}`, diagnoseOracle, signal, work);
  await connect(() => diagnosedAs("", () => pool.lease()));
  const sections = SECTION_NAMES.map(async (name) => {
    const { view } = SECTIONS[name];
    const rows = await readView(view, () =>
      diagnosedAs(`, ${view}`, () => readSection(pool, name, snapshot.source.owners_filter)),
    );
    progress.step(`${view}: ${rows.length.toLocaleString("en-US")} rows`);
    return [name, rows] as const;
  });
  try {
    return { ...snapshot, ...Object.fromEntries(await Promise.all(sections)) } as Catalog;
  } finally {
    // The pool must not be closed under those that still read.
    await Promise.allSettled(sections);
  }
}
