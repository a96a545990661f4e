import type { Expr, FromItem, Select } from "./ast.ts";
import { conjuncts } from "./scope.ts";

/** Turns `WHERE a.id = b.id (+)` into LEFT JOIN; a query without such marks comes back as it is. */
export function withoutOuterMarks(select: Select): Select {
  const parts = conjuncts(select.where);
  const marked = new Map<string, Expr[]>();
  const rest: Expr[] = [];
  for (const part of parts) {
    const alias = outerAlias(part);
    if (alias === undefined) rest.push(part);
    else marked.set(alias, [...(marked.get(alias) ?? []), part]);
  }
  if (marked.size === 0) return select;
  const isOptional = (item: FromItem): boolean => marked.has(nameOf(item));
  const required = select.from.filter((item) => !isOptional(item));
  const [first, ...others] = required;
  if (!first) return select;
  let joined: FromItem = others.reduce(
    (left: FromItem, right): FromItem => ({
      k: "join",
      how: "CROSS JOIN",
      left,
      right,
      on: undefined,
      using: [],
    }),
    first,
  );
  for (const right of select.from.filter(isOptional)) {
    joined = {
      k: "join",
      how: "LEFT JOIN",
      left: joined,
      right,
      on: allOf(marked.get(nameOf(right)) ?? []),
      using: [],
    };
  }
  return { ...select, from: [joined], where: allOf(rest) };
}

function nameOf(item: FromItem): string {
  if (item.k === "table") return item.alias ?? item.path.at(-1) ?? "";
  return item.k === "derived" ? (item.alias ?? "") : "";
}

function allOf(parts: readonly Expr[]): Expr | undefined {
  return parts.reduce<Expr | undefined>(
    (left, right) => (left ? { k: "binary", op: "AND", left, right } : right),
    undefined,
  );
}

/** The alias of the first column marked with (+) inside a condition. */
function outerAlias(value: unknown): string | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  if ("k" in value && value.k === "column") {
    const column = value as Extract<Expr, { k: "column" }>;
    return column.outer ? column.path.at(-2) : undefined;
  }
  for (const part of Object.values(value)) {
    const found = outerAlias(part);
    if (found !== undefined) return found;
  }
  return undefined;
}
