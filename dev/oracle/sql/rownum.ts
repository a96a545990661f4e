import type { Expr } from "./ast.ts";

function isRownum(expr: Expr): boolean {
  return expr.k === "column" && expr.path.length === 1 && expr.path[0] === "ROWNUM";
}

const MIRRORED: Record<string, string> = { ">": "<", ">=": "<=", "=": "=" };

/**
 * Takes conditions on ROWNUM out of a WHERE and gives the limit they mean, as SQLite's SQL. With ORDER BY in the
 * same block the limit is applied after sorting: Oracle's choice of rows is not defined by the statement either.
 */
export function takeRownum(
  parts: readonly Expr[],
  emit: (expr: Expr) => string,
): { limit: string | undefined; rest: Expr[] } {
  const limits: string[] = [];
  const rest: Expr[] = [];
  for (const part of parts) {
    const limit = part.k === "binary" ? limitOf(part, emit) : undefined;
    if (limit === undefined) rest.push(part);
    else limits.push(limit);
  }
  return { limit: limits.length > 1 ? `MIN(${limits.join(", ")})` : limits[0], rest };
}

function limitOf(
  { op, left, right }: Extract<Expr, { k: "binary" }>,
  emit: (expr: Expr) => string,
): string | undefined {
  const direct = isRownum(left);
  if (!direct && !isRownum(right)) return undefined;
  const count = `CAST(${emit(direct ? right : left)} AS INTEGER)`;
  switch (direct ? op : (MIRRORED[op] ?? op)) {
    case "<=":
      return `MAX(0, ${count})`;
    case "<":
      return `MAX(0, ${count} - 1)`;
    case "=":
      // Only the first row can be row 1, and no row is ever another.
      return `(${count} = 1)`;
    default:
      return undefined;
  }
}
