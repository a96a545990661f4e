import type { Structure } from "../../specify/structure/read-structure.ts";
import type { DivisionPlan } from "./plan.ts";

/** Where rows that Specify loads from files of its own are copied from: the first sibling of the same type, else of any. */
export interface Sources {
  /** The number of a discipline. */
  captions(type: string): number | undefined;
  uniquenessRules(type: string): number | undefined;
  /** The number of a collection. */
  preparationTypes(type: string): number | undefined;
  pickLists(type: string): number | undefined;
  /** What there is nothing to copy from for, a line for each kind. */
  warnings(divisions: readonly DivisionPlan[]): string[];
}

/**
 * Only what was there before the run counts as a sibling. What the run makes is a copy of that anyway, and so a dry run and a run that
 * was killed and started again decide the same.
 */
export function sourcesOf({ disciplines, collections }: Structure): Sources {
  const first = (list: readonly { id: number; type: string }[]) => (type: string) =>
    (list.find((one) => one.type.toLowerCase() === type.toLowerCase()) ?? list[0])?.id;
  const sources = {
    captions: first(disciplines.filter(({ hasCaptions }) => hasCaptions)),
    uniquenessRules: first(disciplines.filter(({ hasUniquenessRules }) => hasUniquenessRules)),
    preparationTypes: first(collections.filter(({ hasPreparationTypes }) => hasPreparationTypes)),
    pickLists: first(collections.filter(({ hasPickLists }) => hasPickLists)),
  };
  return { ...sources, warnings };
}

const AT_NEXT_START = "Specify's `manage.py run_key_migration_functions` fills them at its next start.";

function warnings(divisions: readonly DivisionPlan[]): string[] {
  const disciplines = divisions.flatMap((division) => division.disciplines);
  const newDisciplines = disciplines.filter(({ existing }) => existing === undefined);
  const newCollections = disciplines.flatMap(({ config, collections }) =>
    collections
      .filter(({ existing, refused }) => existing === undefined && refused === undefined)
      .map((collection) => ({ ...collection, name: `${config.name} ${collection.config.code}` })),
  );
  const line = (what: string, owners: readonly string[], rest: string): string[] =>
    owners.length === 0 ? [] : [`No ${what} to copy for ${listed(owners)}: ${rest}`];
  return [
    ...line(
      "discipline has schema captions",
      newDisciplines.filter((one) => one.captionsFrom === undefined).map(({ config }) => config.name),
      AT_NEXT_START,
    ),
    ...line(
      "discipline has uniqueness rules",
      newDisciplines.filter((one) => one.uniquenessRulesFrom === undefined).map(({ config }) => config.name),
      AT_NEXT_START,
    ),
    ...line(
      "collection has preparation types",
      newCollections.filter((one) => one.preparationTypesFrom === undefined).map(({ name }) => name),
      "add them in Specify, which makes them only in its own setup.",
    ),
    ...line(
      "collection has pick lists",
      newCollections.filter((one) => one.pickListsFrom === undefined).map(({ name }) => name),
      `${AT_NEXT_START} (Only those that it needs itself; the others are made in its own setup only.)`,
    ),
  ];
}

const LISTED = 20;

function listed(names: readonly string[]): string {
  const some = names.slice(0, LISTED).join(", ");
  return names.length > LISTED ? `${some} and ${names.length - LISTED} more` : some;
}
