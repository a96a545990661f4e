/** A rank of a tree, as Specify's own defaults have it. */
export interface TreeRank {
  name: string;
  rankId: number;
  enforced: boolean;
  inFullName: boolean;
}

/** `Name 30 !` is enforced, `+` is part of a full name. */
function ranks(text: string): TreeRank[] {
  return text.split(",").map((rank) => {
    const [, name = "", rankId = "", marks = ""] = /^\s*(.+?) (\d+) ?([!+]*)$/.exec(rank) ?? [];
    return { name, rankId: Number(rankId), enforced: marks.includes("!"), inFullName: marks.includes("+") };
  });
}

export const geographyRanks = ranks("Earth 0 !, Continent 100 !, Country 200 !, State 300 !, County 400 !");

export const chronostratigraphyRanks = ranks(
  "Time Root 0 !, Erathem/Era 100, System/Period 200, Series/Epoch 300 +, Stage/Age 400 +",
);

export const lithostratigraphyRanks = ranks(
  "Surface 0 !, Super Group 100, Litho Group 200, Formation 300, Member 400, Bed 500",
);

export const tectonicUnitRanks = ranks(
  "Root 0 !, Superstructure 100, Tectonic Domain 200, Tectonic Subdomain 300, Tectonic Unit 400 +, " +
    "Tectonic Subunit 500 +",
);

const ROOT_ONLY = ranks("Root 0 !");

/** The taxon ranks of each type of discipline for which Specify 7.12 has some. */
const TAXON_RANKS: ReadonlyMap<string, TreeRank[]> = new Map(
  Object.entries({
    bird:
      "Life 0 !, Kingdom 10 !, Phylum 30 !, Subphylum 40, Class 60 !, Order 100 !, Family 140 !, Subfamily 150, " +
      "Genus 180 !+, Species 220 !+, Subspecies 230 +",
    botany:
      "Life 0 !, Kingdom 10 !, Subkingdom 20, Phylum 30 !, Subphylum 40, Class 60 !, Subclass 70, Superorder 90, " +
      "Order 100 !, Suborder 110, Family 140 !, Genus 180 !+, Species 220 !+, Subspecies 230 +, Variety 240 +, " +
      "Subvariety 250 +, Forma 260 +, Subforma 270 +",
    fish:
      "Life 0 !, Kingdom 10 !, Phylum 30 !, Subphylum 40, Superclass 50, Class 60 !, Subclass 70, Infraclass 80, " +
      "Superorder 90, Order 100 !, Family 140 !, Genus 180 !+, Species 220 !+, Subspecies 230 +",
    herpetology:
      "Life 0 !, Kingdom 10 !, Phylum 30 !, Subphylum 40, Class 60 !, Subclass 70, Superorder 90, Order 100 !, " +
      "Family 140 !, Subfamily 150, Genus 180 !+, Species 220 !+, Subspecies 230 +",
    insect:
      "Life 0 !, Kingdom 10 !, Phylum 30 !, Subphylum 40, Class 60 !, Subclass 70, Infraclass 80, Superorder 90, " +
      "Order 100 !, Suborder 110, Infraorder 120, Family 140 !, Subfamily 150, Tribe 160, Subtribe 170, " +
      "Genus 180 !+, Subgenus 190, Species 220 !+, Subspecies 230 +",
    invertebrate:
      "Life 0 !, Kingdom 10 !, Phylum 30 !, Class 60 !, Subclass 70, Superorder 90, Order 100 !, Suborder 110, " +
      "Family 140 !, Subfamily 150, Tribe 160, Subtribe 170, Genus 180 !+, Subgenus 190, Species 220 !+, " +
      "Subspecies 230 +",
    invertpaleo:
      "Life 0 !, Kingdom 10 !, Phylum 30 !, Class 60 !, Subclass 70, Superorder 90, Order 100 !, Family 140 !, " +
      "Genus 180 !+, Species 220 !+",
    mammal:
      "Life 0 !, Kingdom 10 !, Phylum 30 !, Class 60 !, Order 100 !, Family 140 !, Genus 180 !+, Species 220 !+, " +
      "Subspecies 230 +",
    paleobotany:
      "Life 0 !, Kingdom 10 !, Phylum 30 !, Class 60 !, Subclass 70, Superorder 90, Order 100 !, Family 140 !, " +
      "Genus 180 !+, Species 220 !+",
    vertpaleo:
      "Life 0 !, Kingdom 10 !, Phylum 30 !, Class 60 !, Order 100 !, Family 140 !, Genus 180 !+, Species 220 !+",
  }).map(([type, text]) => [type, ranks(text)]),
);

/**
 * The taxon ranks that Specify gives a new discipline of this type. A type for which it has none (geology, and every name that
 * is not one of its own, such as "entomology") gets the root alone; the ranks are then added in Specify.
 */
export function taxonRanks(disciplineType: string): TreeRank[] {
  return TAXON_RANKS.get(disciplineType) ?? ROOT_ONLY;
}
