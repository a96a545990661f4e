import type { Statements } from "../../specify/database.ts";
import { type NameColumn, nameKeys } from "../../specify/structure/name-keys.ts";
import type { ConfigPath, ReadConfig } from "./config.ts";
import { mistakesIn } from "./config-error.ts";

/** The keys under which this database holds names of the file to be equal (see `nameKeys`). */
export type Names = Record<
  "institution" | "division" | "discipline" | "collection",
  (name: string) => string
>;

const COLUMNS: Readonly<Record<keyof Names, NameColumn>> = {
  institution: { table: "institution", column: "Name" },
  division: { table: "division", column: "Name" },
  discipline: { table: "discipline", column: "Name" },
  collection: { table: "collection", column: "Code" },
};

/**
 * Reads the keys of all names in the file.
 * @throws StructureConfigError when two names are different to a reader, but one and the same to this database
 */
export async function readNames(database: Statements, file: ReadConfig): Promise<Names> {
  const { config } = file;
  const divisions = config.divisions.map((division, index) => {
    return { name: division.name, path: ["divisions", index, "name"], division, index };
  });
  const disciplines = divisions.flatMap(({ division, index }) =>
    division.disciplines.map((discipline, at) => {
      const path = ["divisions", index, "disciplines", at];
      return { name: discipline.name, path: [...path, "name"], discipline, parent: path };
    }),
  );
  const collections = disciplines.map(({ discipline, parent }) =>
    discipline.collections.map(({ code }, index) => {
      return { name: code, path: [...parent, "collections", index, "code"] };
    }),
  );
  const codes = collections.flat();
  const keys = {
    institution: await nameKeys(database, COLUMNS.institution, [config.institution_name]),
    division: await nameKeys(database, COLUMNS.division, unique(divisions)),
    discipline: await nameKeys(database, COLUMNS.discipline, unique(disciplines)),
    collection: await nameKeys(database, COLUMNS.collection, unique(codes)),
  };
  const mistakes = [
    ...equal(divisions, keys.division, file),
    ...equal(disciplines, keys.discipline, file),
    ...collections.flatMap((list) => equal(list, keys.collection, file)),
  ];
  if (mistakes.length > 0) throw mistakesIn(file.path, mistakes);
  const keyIn = (known: ReadonlyMap<string, string>) => (name: string) => known.get(name) ?? "";
  return {
    institution: keyIn(keys.institution),
    division: keyIn(keys.division),
    discipline: keyIn(keys.discipline),
    collection: keyIn(keys.collection),
  };
}

interface Named {
  name: string;
  path: ConfigPath;
}

function unique(list: readonly Named[]): string[] {
  return [...new Set(list.map(({ name }) => name))];
}

function equal(list: readonly Named[], keys: ReadonlyMap<string, string>, file: ReadConfig): string[] {
  const seen = new Map<string, string>();
  return list.flatMap(({ name, path }) => {
    const key = keys.get(name) ?? "";
    const first = seen.get(key);
    if (first === undefined) seen.set(key, name);
    return first === undefined
      ? []
      : [
          `${file.where(path)}: to this database "${name}" is the same as "${first}"; Specify would refuse it`,
        ];
  });
}
