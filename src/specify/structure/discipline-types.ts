/** The discipline types of Specify 7.12, with the titles under which its pick list DisciplineType offers them. */
const TITLES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    fish: "Ichthyology",
    herpetology: "Herpetology",
    paleobotany: "Paleobotany",
    invertpaleo: "Invertebrate Paleontology",
    vertpaleo: "Vertebrate Paleontology",
    bird: "Ornithology",
    mammal: "Mammalogy",
    insect: "Entomology",
    botany: "Botany",
    invertebrate: "Invertebrate Zoology",
    geology: "Geology",
  }),
);

/** Names of sciences that are several types in Specify. */
const SEVERAL: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries({
    "vertebrate zoology": ["fish", "herpetology", "bird", "mammal"],
    zoology: ["invertebrate", "insect", "fish", "herpetology", "bird", "mammal"],
    paleontology: ["invertpaleo", "vertpaleo", "paleobotany"],
    palaeontology: ["invertpaleo", "vertpaleo", "paleobotany"],
  }),
);

/** More letters than this apart, two words are not one of them misspelled. */
const MISSPELLED = 2;

export const DISCIPLINE_TYPES: readonly string[] = [...TITLES.keys()];

/** Which types may be meant by a text that is none of them: by a title, by other capitals, or misspelled; none where nothing is near. */
export function nearestDisciplineTypes(text: string): readonly string[] {
  const wanted = text.trim().toLowerCase();
  const several = SEVERAL.get(wanted);
  if (several) return several;
  const near = [...TITLES].map(([type, title]) => {
    return { type, letters: Math.min(distance(wanted, type), distance(wanted, title.toLowerCase())) };
  });
  const least = Math.min(...near.map(({ letters }) => letters));
  return least > MISSPELLED ? [] : near.filter(({ letters }) => letters === least).map(({ type }) => type);
}

/** How many letters must be changed, added or left out to make one of the other. */
function distance(one: string, other: string): number {
  let above = Array.from({ length: other.length + 1 }, (_none, index) => index);
  for (const [row, letter] of [...one].entries()) {
    const now = [row + 1];
    for (const [column, against] of [...other].entries()) {
      const changed = (above[column] ?? 0) + (letter === against ? 0 : 1);
      now.push(Math.min(changed, (above[column + 1] ?? 0) + 1, (now[column] ?? 0) + 1));
    }
    above = now;
  }
  return above.at(-1) ?? 0;
}
