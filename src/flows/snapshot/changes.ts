import type { SnapshotSource } from "./catalog.ts";
import { FIELDS, type Inventory, type Item, KINDS, type Kind } from "./inventory.ts";

/** A thing that is in both snapshots, and its fields that differ. */
interface Change {
  name: string;
  was: Record<string, string>;
  is: Record<string, string>;
}

/** What came, went and changed of one kind; names in their order. */
export interface KindChanges {
  came: string[];
  went: string[];
  changed: Change[];
}

/** The content of `changes.json`. */
export type SchemaChanges = {
  generated_at_utc: string;
  /** The moment of the snapshot that is compared with; null for the first one of this source. */
  previous: string | null;
  source: SnapshotSource;
  counts: Record<Kind, { came: number; went: number; changed: number }>;
} & Record<Kind, KindChanges>;

/**
 * Compares two snapshots. What belongs to a table that came or went is not told one by one: the table says it.
 * Without a snapshot before there are no changes.
 */
export function compare(
  snapshot: { generated_at_utc: string; source: SnapshotSource },
  before: { moment: string; inventory: Inventory } | undefined,
  now: Inventory,
): SchemaChanges {
  const kinds = KINDS.map((kind) => [kind, changesOf(kind, before?.inventory ?? now, now)] as const);
  const counts = kinds.map(([kind, { came, went, changed }]) => [
    kind,
    { came: came.length, went: went.length, changed: changed.length },
  ]);
  return {
    generated_at_utc: snapshot.generated_at_utc,
    previous: before?.moment ?? null,
    source: snapshot.source,
    counts: Object.fromEntries(counts),
    ...(Object.fromEntries(kinds) as Record<Kind, KindChanges>),
  };
}

/** How many things came, went or changed in all. */
export function countChanges({ counts }: SchemaChanges): number {
  return KINDS.reduce((sum, kind) => sum + counts[kind].came + counts[kind].went + counts[kind].changed, 0);
}

function changesOf(kind: Kind, before: Inventory, now: Inventory): KindChanges {
  const changes: KindChanges = { came: [], went: [], changed: [] };
  for (const [id, item] of now[kind]) {
    const known = before[kind].get(id);
    if (known) {
      const change = difference(kind, known, item);
      if (change) changes.changed.push(change);
    } else if (isToldBy(kind, item, before, now)) changes.came.push(item.name);
  }
  for (const [id, item] of before[kind]) {
    if (!now[kind].has(id) && isToldBy(kind, item, now, before)) changes.went.push(item.name);
  }
  return changes;
}

/** True unless the item's table itself is missing in the other snapshot (or its view, for a column). */
function isToldBy(kind: Kind, item: Item, other: Inventory, own: Inventory): boolean {
  if (kind === "tables" || kind === "views") return true;
  const isKnown = (inventory: Inventory): boolean =>
    inventory.tables.has(item.table) || inventory.views.has(item.table);
  return isKnown(other) || !isKnown(own);
}

function difference(kind: Kind, before: Item, now: Item): Change | undefined {
  const was: Record<string, string> = {};
  const is: Record<string, string> = {};
  for (const [index, field] of FIELDS[kind].entries()) {
    const [old = "", value = ""] = [before.values[index], now.values[index]];
    if (old === value) continue;
    was[field] = old;
    is[field] = value;
  }
  return Object.keys(was).length === 0 ? undefined : { name: now.name, was, is };
}
