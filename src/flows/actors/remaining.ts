import type { OraclePool } from "../../oracle/pool.ts";
import type { ExistingActors } from "./existing.ts";
import { type ActorRange, readActorKeys } from "./oracle-actors.ts";
import type { MusitSchema } from "./schemas.ts";

/** Actors by ACTOR_TYPE as it stands in Oracle. */
export type TypeCounts = Record<string, number>;

/** What is left to be read of a schema. */
export interface Remaining {
  /** Actors outside of the range: all of them are in Specify already. */
  present: TypeCounts;
  /** From the first to the last actor that is not in Specify; undefined when all are. */
  range: ActorRange | undefined;
}

/**
 * Finds what an earlier run has left: of actors that are in Specify already only their numbers are read. After a run that was
 * killed that is the rest of them; when all are there it is nothing.
 */
export async function findRemaining(
  pool: OraclePool,
  schema: MusitSchema,
  existing: ExistingActors,
): Promise<Remaining> {
  if (existing.size === 0) return { present: {}, range: {} };
  const before: TypeCounts = {};
  /** Since the last actor that is missing. */
  let behind: TypeCounts = {};
  let range: ActorRange | undefined;
  let last: number | undefined;
  let isOpen = false;
  for await (const actors of readActorKeys(pool, schema)) {
    for (const { id, type } of actors) {
      // A number of more digits than JavaScript has is no limit to compare with: it is always read.
      if (typeof id === "number" && existing.has(id)) {
        countType(range === undefined ? before : behind, type);
        last = id;
        continue;
      }
      range ??= last === undefined ? {} : { after: last };
      if (typeof id === "number") range.upTo = id;
      else isOpen = true;
      behind = {};
    }
  }
  if (isOpen) return { present: before, range: range?.after === undefined ? {} : { after: range.after } };
  for (const [type, count] of Object.entries(behind)) countType(before, type, count);
  return { present: before, range };
}

/** Adds actors to a count. */
export function countType(counts: TypeCounts, type: number | string | null, add = 1): void {
  const name = String(type);
  counts[name] = (counts[name] ?? 0) + add;
}
