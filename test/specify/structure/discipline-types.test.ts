import { expect, test } from "vitest";
import { DISCIPLINE_TYPES, nearestDisciplineTypes } from "../../../src/specify/structure/discipline-types.ts";
import { taxonRanks } from "../../../src/specify/structure/tree-ranks.ts";

test("Specify has ranks of taxa for each of its discipline types, but for geology the root only", () => {
  expect(DISCIPLINE_TYPES.filter((type) => taxonRanks(type).length === 1)).toEqual(["geology"]);
});

test.each([
  ["entomology", ["insect"]],
  ["Invertebrate zoology", ["invertebrate"]],
  ["vertebrate zoology", ["fish", "herpetology", "bird", "mammal"]],
  [" BOTANY ", ["botany"]],
  ["mamal", ["mammal"]],
  ["anthropology", []],
])("for %j may be meant %j", (text, types) => {
  expect(nearestDisciplineTypes(text)).toEqual(types);
});
