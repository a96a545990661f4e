import { DISCIPLINE_TYPES, nearestDisciplineTypes } from "../../specify/structure/discipline-types.ts";
import type { DivisionPlan } from "./plan.ts";

/** A warning for each type of disciplines to be created that Specify does not have: it gives those no ranks of taxa. */
export function unknownTypes(divisions: readonly DivisionPlan[]): string[] {
  const unknown = divisions
    .flatMap(({ disciplines }) => disciplines)
    .filter(({ existing, config }) => existing === undefined && !DISCIPLINE_TYPES.includes(config.type));
  return [...Map.groupBy(unknown, ({ config }) => config.type)].map(([type, disciplines]) => {
    const near = nearestDisciplineTypes(type).map((one) => `"${one}"`);
    return (
      `Specify has no discipline type "${type}", which the file gives ${disciplines.map(({ config }) => `"${config.name}"`).join(", ")}: ` +
      "created so, a discipline has a taxon tree with its root rank only. " +
      `${near.length === 0 ? "" : `Is ${near.join(" or ")} meant? `}Specify's types are ${DISCIPLINE_TYPES.join(", ")}. ` +
      "Correct the file before the discipline is created; later its type is changed in Specify only."
    );
  });
}
