import { expect, test } from "vitest";
import { geographyRanks, taxonRanks } from "../../../src/specify/structure/tree-ranks.ts";

test("a type that Specify knows gets its taxon ranks, from the highest on", () => {
  const ranks = taxonRanks("botany");
  expect(ranks).toHaveLength(18);
  expect(ranks[0]).toEqual({ name: "Life", rankId: 0, enforced: true, inFullName: false });
  expect(ranks.at(-1)).toEqual({ name: "Subforma", rankId: 270, enforced: false, inFullName: true });
  expect(ranks.find(({ name }) => name === "Genus")).toMatchObject({ enforced: true, inFullName: true });
});

test.each([
  "bird",
  "fish",
  "herpetology",
  "insect",
  "invertebrate",
  "invertpaleo",
  "mammal",
  "paleobotany",
  "vertpaleo",
])("the ranks of %s go from Life to at least Species, each lower than the one before", (type) => {
  const ranks = taxonRanks(type);
  expect(ranks[0]?.name).toBe("Life");
  expect(ranks.some(({ name, rankId }) => name === "Species" && rankId === 220)).toBe(true);
  expect(ranks.every(({ rankId }, at) => at === 0 || rankId > (ranks[at - 1]?.rankId ?? 0))).toBe(true);
});

test.each(["geology", "entomology", "vertebrate zoology", "Botany"])(
  "a type that Specify has no ranks for, such as %s, gets the root alone",
  (type) => {
    expect(taxonRanks(type)).toEqual([{ name: "Root", rankId: 0, enforced: true, inFullName: false }]);
  },
);

test("names of several words and with slashes are whole", () => {
  expect(geographyRanks.map(({ name, rankId }) => `${name} ${rankId}`)).toEqual([
    "Earth 0",
    "Continent 100",
    "Country 200",
    "State 300",
    "County 400",
  ]);
});
