/** The name of a migration's lock. Names of locks hold for the whole server, and may have 64 characters. */
export function lockName(migration: string, database: string): string {
  return `prefect-ts ${migration} ${database}`.slice(0, 56);
}
