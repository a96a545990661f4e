import { withS3 } from "../../reports/payload-signing.ts";
import type { S3Settings } from "../../reports/s3-settings.ts";
import { openObject, snapshotKey, snapshotMoments } from "../../reports/snapshots.ts";
import type { SnapshotSource } from "./catalog.ts";
import { CatalogTextError, catalogRows } from "./catalog-rows.ts";
import { type Inventory, inventoryOf } from "./inventory.ts";

/** A catalog says where it was taken within its first lines. */
const HEAD_BYTES = 16_384;
/** Snapshots of other databases may lie in between, but not for ever. */
const LOOKED_AT = 200;

export const CATALOG_FILE = "schema_catalog.json";

/**
 * Finds the latest finished snapshot of the same database and the same owners before `moment`, and what it holds (sharing
 * with `now` what is alike). One that cannot be
 * read is told of and passed over.
 * @throws the SDK's errors
 */
export async function previousSnapshot(
  settings: S3Settings,
  { moment, source, now }: { moment: string; source: SnapshotSource; now: Inventory },
  { signal, log }: { signal: AbortSignal; log: (message: string) => void },
): Promise<{ moment: string; inventory: Inventory } | undefined> {
  const { bucket } = settings;
  return await withS3(settings, log, async (client) => {
    const moments = await snapshotMoments(client, bucket, signal);
    for (const earlier of moments.filter((one) => one < moment).slice(0, LOOKED_AT)) {
      const key = snapshotKey(earlier, CATALOG_FILE);
      // The catalog is uploaded last: a snapshot without it was never finished.
      const head = await openObject(client, { bucket, key, bytes: HEAD_BYTES }, signal);
      if (!head || !isSame(sourceIn(await textOf(head)), source)) continue;
      const whole = await openObject(client, { bucket, key }, signal);
      if (!whole) continue;
      try {
        return { moment: earlier, inventory: await inventoryOf(catalogRows(whole), now) };
      } catch (error) {
        if (!(error instanceof CatalogTextError)) throw error;
        log(
          `The snapshot of ${earlier} cannot be compared with: ${error.message} An earlier one is looked for.`,
        );
      }
    }
    return undefined;
  });
}

async function textOf(bytes: AsyncIterable<Uint8Array>): Promise<string> {
  const pieces: Uint8Array[] = [];
  for await (const piece of bytes) pieces.push(piece);
  return Buffer.concat(pieces).toString();
}

/** The source in the beginning of a catalog's text, whoever laid it out. */
function sourceIn(head: string): Partial<SnapshotSource> | undefined {
  const [, text] = /"source"\s*:\s*(\{[^{}]*\})/.exec(head) ?? [];
  try {
    return text === undefined ? undefined : (JSON.parse(text) as Partial<SnapshotSource>);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function isSame(one: Partial<SnapshotSource> | undefined, other: SnapshotSource): boolean {
  const { owners_filter: owners = [] } = one ?? {};
  return (
    one?.host === other.host &&
    one.port === other.port &&
    one.service_name === other.service_name &&
    [...owners].sort().join() === [...other.owners_filter].sort().join()
  );
}
