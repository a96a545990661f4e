import { createArtifact, type Described } from "./artifact.ts";

export interface TableArtifact extends Described {
  /** One object a row, whose keys are the columns; or one list a column; or one list a row. */
  table: Record<string, unknown>[] | Record<string, unknown[]> | unknown[][];
}

/**
 * Makes a table artifact of the current run. Gives its id, or undefined without a server.
 *
 * ```ts
 * await createTableArtifact({ key: "records", table: [{ id: 1, taxon: "Salix" }, { id: 2, taxon: "Betula" }] });
 * ```
 */
export function createTableArtifact({ table, ...described }: TableArtifact): Promise<string | undefined> {
  return createArtifact({ ...described, type: "table", data: JSON.stringify(rows(table), cell) });
}

/** The UI shows rows. */
function rows(table: TableArtifact["table"]): unknown[] {
  if (Array.isArray(table)) return table;
  const columns = Object.entries(table);
  const length = Math.max(0, ...columns.map(([, values]) => values.length));
  return Array.from({ length }, (_, row) =>
    Object.fromEntries(columns.map(([name, values]) => [name, values[row]])),
  );
}

/** Keys of a database may be larger than JSON's numbers are exact. */
function cell(_column: string, value: unknown): unknown {
  if (typeof value !== "bigint") return value;
  return Number.isSafeInteger(Number(value)) ? Number(value) : value.toString();
}
