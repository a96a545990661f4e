import type { Catalog } from "./catalog.ts";

/**
 * Makes sure that there is something to take a snapshot of.
 * @throws Error that says which account sees no table, or which owners it sees nothing of
 */
export function checkVisible(
  catalog: Pick<Catalog, "tables" | "views">,
  owners: readonly string[],
  user: string,
): void {
  const seen = new Set([...catalog.tables, ...catalog.views].map(({ owner }) => owner));
  const unseen = owners.filter((owner) => !seen.has(owner));
  if (unseen.length > 0) {
    throw new Error(
      `${user} sees no table or view of ${unseen.join(", ")}. Correct owners_csv (or ORACLE_SCHEMA_OWNERS), ` +
        "or ask the Oracle administrator for SELECT rights on them. Nothing was uploaded.",
    );
  }
  if (catalog.tables.length === 0) {
    throw new Error(
      `${user} sees no table at all in ALL_TABLES. Ask the Oracle administrator for SELECT rights on the tables that the snapshot ` +
        "is to show, and check that ORACLE_<ENV>_SERVICE is the right database. Nothing was uploaded.",
    );
  }
}
