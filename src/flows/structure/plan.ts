import type {
  ExistingCollection,
  ExistingDiscipline,
  Structure,
} from "../../specify/structure/read-structure.ts";
import type { CollectionConfig, DisciplineConfig, DivisionConfig, StructureConfig } from "./config-schema.ts";
import type { Names } from "./names.ts";
import { chosen } from "./same-names.ts";
import { type Sources, sourcesOf } from "./sources.ts";
import { unknownTypes } from "./unknown-types.ts";

/** A division of the file: the one that Specify has, or one to be created. */
export interface DivisionPlan {
  config: DivisionConfig;
  /** Its number; undefined: to be created. */
  existing: number | undefined;
  disciplines: DisciplinePlan[];
}

/** A discipline of the file, likewise. */
export interface DisciplinePlan {
  config: DisciplineConfig;
  existing: number | undefined;
  captionsFrom: number | undefined;
  uniquenessRulesFrom: number | undefined;
  collections: CollectionPlan[];
}

/** A collection of the file, likewise. */
export interface CollectionPlan {
  config: CollectionConfig;
  existing: number | undefined;
  preparationTypesFrom: number | undefined;
  pickListsFrom: number | undefined;
  /** Why it cannot be created, though it does not exist. */
  refused: string | undefined;
}

/** What is to be done: decided in the same way for a dry run and a real one. */
export interface StructurePlan {
  institutionId: number;
  divisions: DivisionPlan[];
  warnings: string[];
}

/**
 * Decides what becomes of each division, discipline and collection of the file. Only what is missing will be created.
 * @throws Error when there is not exactly one institution of that name
 */
export function planStructure(config: StructureConfig, found: Structure, names: Names): StructurePlan {
  const institutionId = findInstitution(config.institution_name, found, names);
  const sources = sourcesOf(found);
  const warnings: string[] = [];
  const warn = (line: string): void => {
    warnings.push(line);
  };
  const divisions = config.divisions.map((division): DivisionPlan => {
    const existing = chosen(
      {
        what: `divisions named "${division.name}"`,
        matching: found.divisions.filter(
          ({ institutionId: owner, key }) => owner === institutionId && key === names.division(division.name),
        ),
      },
      warn,
    );
    return {
      config: division,
      existing: existing?.id,
      disciplines: division.disciplines.map((discipline) => {
        const same = chosen(
          {
            what: `disciplines named "${discipline.name}"`,
            matching: found.disciplines.filter(({ key }) => key === names.discipline(discipline.name)),
            preferred: {
              why: `which is in division "${division.name}"`,
              is: ({ divisionId }) => divisionId === existing?.id,
            },
          },
          warn,
        );
        if (same) warnings.push(...differences(division, discipline, same, existing?.id, found));
        return planDiscipline(discipline, same, found.collections, { names, sources, warn });
      }),
    };
  });
  warnings.push(...unknownTypes(divisions), ...sources.warnings(divisions), ...preloads(divisions));
  return { institutionId, divisions, warnings };
}

function findInstitution(name: string, { institutions }: Structure, names: Names): number {
  const matching = institutions.filter(({ key }) => key === names.institution(name));
  const [only] = matching;
  if (only && matching.length === 1) return only.id;
  if (only) {
    const numbers = matching.map(({ id }) => id).join(", ");
    throw new Error(
      `Specify has ${matching.length} institutions named "${name}" (numbers ${numbers}). Nothing was written. ` +
        "Rename or remove all but one in Specify; the structure's file names the one that is meant.",
    );
  }
  const known = institutions.map((one) => `"${one.name}"`).join(", ");
  throw new Error(
    `Specify has no institution named "${name}"; it has ${known === "" ? "none" : known}. Nothing was written. ` +
      "Run Specify's own setup first, or correct institution_name in the structure's file.",
  );
}

function differences(
  division: DivisionConfig,
  discipline: DisciplineConfig,
  existing: ExistingDiscipline,
  divisionId: number | undefined,
  { divisions }: Structure,
): string[] {
  const lines: string[] = [];
  if (existing.divisionId !== divisionId) {
    const other = divisions.find(({ id }) => id === existing.divisionId);
    lines.push(
      `Discipline "${discipline.name}" is in division "${other?.name ?? existing.divisionId}" (number ${existing.divisionId}), but the file ` +
        `has it under "${division.name}". It stays where it is; its collections are applied to it there.`,
    );
  }
  if (existing.type.toLowerCase() !== discipline.type.toLowerCase()) {
    lines.push(
      `Discipline "${discipline.name}" is of type "${existing.type}", but the file says "${discipline.type}". It stays as it is.`,
    );
  }
  return lines;
}

function planDiscipline(
  config: DisciplineConfig,
  existing: ExistingDiscipline | undefined,
  collections: readonly ExistingCollection[],
  { names, sources, warn }: { names: Names; sources: Sources; warn: (line: string) => void },
): DisciplinePlan {
  const type = existing?.type ?? config.type;
  return {
    config,
    existing: existing?.id,
    captionsFrom: sources.captions(type),
    uniquenessRulesFrom: sources.uniquenessRules(type),
    collections: config.collections.map((collection) => {
      const same = chosen(
        {
          what: `collections with code "${collection.code}" in discipline "${config.name}"`,
          matching: collections.filter(
            ({ disciplineId, key }) =>
              disciplineId === existing?.id && key === names.collection(collection.code),
          ),
        },
        warn,
      );
      const treeless = !same && existing?.hasTaxonTree === false;
      return {
        config: collection,
        existing: same?.id,
        preparationTypesFrom: sources.preparationTypes(type),
        pickListsFrom: sources.pickLists(type),
        refused: treeless
          ? `its discipline "${config.name}" has no taxon tree, which its type of collection objects needs. ` +
            "Add a tree in Specify; then run again."
          : undefined,
      };
    }),
  };
}

/** Specify's ready-made nodes come by its own worker from its own server: that is not ours to do. */
function preloads(divisions: readonly DivisionPlan[]): string[] {
  const trees = divisions
    .flatMap(({ disciplines }) => disciplines)
    .filter(({ existing }) => existing === undefined)
    .flatMap(({ config: { name, geography_tree, taxon_tree } }) => [
      ...(geography_tree.preload ? [`geography of "${name}"`] : []),
      ...(taxon_tree.preload ? [`taxa of "${name}"`] : []),
    ]);
  if (trees.length === 0) return [];
  return [
    `preload is true, but trees are made without nodes here: ${trees.join(", ")}. ` +
      "Load them in Specify: System Configuration, the tree, Import.",
  ];
}
