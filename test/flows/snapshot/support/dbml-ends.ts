import { Parser } from "@dbml/core";

/** A foreign key that is to be found. */
interface WantedReference {
  name: string;
  from: { owner: string; name: string };
  columns: readonly string[];
  to: { owner: string; name: string };
  toColumns: readonly string[];
}

/** The schema as @dbml/core reads it. @throws what it says is wrong */
export function parsed(text: string) {
  const database = new Parser().parse(text, "dbmlv2");
  return {
    tables: database.schemas.flatMap(({ name, tables }) => tables.map((table) => ({ owner: name, table }))),
    references: database.schemas.flatMap((schema) => schema.refs),
  };
}

/** Name and both ends of each reference that was parsed, as text, sorted: `FK: OWNER.TABLE(A, B) * > OWNER.TABLE(C, D) 1`. */
export function parsedEnds({ references }: ReturnType<typeof parsed>): string[] {
  return references
    .map(({ name, endpoints }) => {
      const ends = endpoints.map(
        ({ schemaName, tableName, fieldNames, relation }) =>
          `${schemaName}.${tableName}(${fieldNames.join(", ")}) ${relation}`,
      );
      return `${name}: ${ends.join(" > ")}`;
    })
    .sort();
}

/** The same of references that are wanted. */
export function wantedEnds(references: readonly WantedReference[]): string[] {
  return references
    .map(
      ({ name, from, columns, to, toColumns }) =>
        `${name}: ${from.owner}.${from.name}(${columns.join(", ")}) * > ${to.owner}.${to.name}(${toColumns.join(", ")}) 1`,
    )
    .sort();
}
