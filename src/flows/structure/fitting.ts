import type { TextColumns } from "../../specify/columns.ts";
import { fitText, type TextChange } from "../../specify/fit-text.ts";
import type { ConfigPath, ReadConfig } from "./config.ts";
import { mistakesIn } from "./config-error.ts";
import type { DisciplineConfig } from "./config-schema.ts";

/**
 * Checks that each text of the file fits the columns of this very database.
 * @throws StructureConfigError with all that do not, each with line and column
 */
export function checkThatTextsFit({ path, config, where }: ReadConfig, columns: TextColumns): void {
  const mistakes = config.divisions.flatMap((division, index) => [
    ...misfits(["divisions", index, "name"], division.name, ["division.Name"]),
    ...division.disciplines.flatMap((discipline, at) =>
      inDiscipline(["divisions", index, "disciplines", at], discipline),
    ),
  ]);
  if (mistakes.length > 0) throw mistakesIn(path, mistakes);

  function inDiscipline(at: ConfigPath, discipline: DisciplineConfig): string[] {
    const { name, type, geography_tree, taxon_tree, collections } = discipline;
    return [
      // A discipline's name is also that of its collection object types, and stands in its folder of app resources.
      ...misfits([...at, "name"], name, [
        "discipline.Name",
        "collectionobjecttype.Name",
        "spappresourcedir.DisciplineType",
      ]),
      ...misfits([...at, "type"], type, ["discipline.Type"]),
      ...misfits([...at, "geography_tree", "name"], geography_tree.name, ["geographytreedef.Name"]),
      ...misfits([...at, "taxon_tree", "name"], taxon_tree.name, ["taxontreedef.Name"]),
      ...collections.flatMap((collection, index) => {
        const place = [...at, "collections", index];
        return [
          ...misfits([...place, "code"], collection.code, ["collection.Code"]),
          ...misfits([...place, "name"], collection.name, ["collection.CollectionName"]),
          ...misfits([...place, "catalognumberformatname"], collection.catalognumberformatname, [
            "collection.CatalogFormatNumName",
          ]),
        ];
      }),
    ];
  }

  function misfits(place: ConfigPath, value: string, into: readonly string[]): string[] {
    for (const column of into) {
      const changes: TextChange[] = [];
      fitText(value, column, columns, (change) => changes.push(change));
      const [first] = changes;
      if (first) return [`${where(place)}: ${misfit(first)}`];
    }
    return [];
  }
}

function misfit(change: TextChange): string {
  const { column } = change;
  return change.kind === "cut"
    ? `has ${change.length} characters, but ${column} holds ${change.maxLength}`
    : `holds characters that ${column} cannot, whose character set is ${change.characterSet}`;
}
