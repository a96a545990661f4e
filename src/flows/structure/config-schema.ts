import { z } from "zod";

const text = z.string().trim().min(1, "must not be empty");

/** Specify calls its trees so; `preload` asks for the nodes that Specify offers for download. */
const tree = (name: string) =>
  z
    .strictObject({ name: text.default(name), preload: z.boolean().default(false) })
    .default({ name, preload: false });

const collection = z
  .strictObject({
    code: text,
    name: text.optional(),
    catalognumberformatname: text.default("CatalogNumberNumeric"),
  })
  .transform(({ name, ...rest }) => ({ ...rest, name: name ?? rest.code }));

const discipline = z.strictObject({
  name: text,
  type: text,
  geography_tree: tree("Geography"),
  taxon_tree: tree("Taxon"),
  collections: z.array(collection).default([]),
});

const division = z.strictObject({ name: text, disciplines: z.array(discipline).default([]) });

/** The structure that Specify shall have, as its YAML file says. */
export const structureConfig = z.strictObject({
  institution_name: text,
  divisions: z.array(division).default([]),
});

/** The keys of each mapping in the file, by the list or key that it stands under. */
export const KNOWN_KEYS: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries({
    "": structureConfig.shape,
    divisions: division.shape,
    disciplines: discipline.shape,
    geography_tree: { name: 0, preload: 0 },
    taxon_tree: { name: 0, preload: 0 },
    collections: { code: 0, name: 0, catalognumberformatname: 0 },
  }).map(([key, shape]) => [key, Object.keys(shape).join(", ")]),
);

export type StructureConfig = z.infer<typeof structureConfig>;
export type DivisionConfig = z.infer<typeof division>;
export type DisciplineConfig = z.infer<typeof discipline>;
export type CollectionConfig = z.infer<typeof collection>;
