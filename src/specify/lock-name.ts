import { createHash } from "node:crypto";

/** Names of locks hold for the whole server, and may have 64 characters; some of them are for the locks that tell who holds it. */
const LONGEST = 56;
const HASH = 12;

/**
 * The name of a migration's lock: to be read by people, and another one for each database, also where two have long names that
 * begin alike, or names that differ in case only (to which names of locks are blind).
 */
export function lockName(migration: string, database: string): string {
  const hash = createHash("sha256").update(`${migration}\n${database}`).digest("hex").slice(0, HASH);
  return `${`prefect-ts ${migration} ${database}`.slice(0, LONGEST - HASH - 1)} ${hash}`;
}
