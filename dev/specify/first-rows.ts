/** A rule that these fields are together unique within the scope. */
interface Rule {
  model: string;
  fields: readonly string[];
  scope: string;
  /** Holds in all disciplines, and so belongs to none. */
  everywhere?: boolean;
}

/** A pick list: of the rows of a table, or of its own items. */
interface List {
  name: string;
  table: string | null;
  items: readonly string[];
}

/** Some of the uniqueness rules that Specify gives a discipline. */
export const uniquenessRules: readonly Rule[] = [
  { model: "Accession", fields: ["accessionNumber"], scope: "division", everywhere: true },
  { model: "Accessionagent", fields: ["role", "agent"], scope: "accession" },
  { model: "Author", fields: ["agent"], scope: "referenceWork" },
  { model: "Collection", fields: ["collectionName"], scope: "discipline" },
  { model: "Collectionobject", fields: ["catalogNumber"], scope: "collection" },
  { model: "Collector", fields: ["agent"], scope: "collectingEvent" },
  { model: "Loan", fields: ["loanNumber"], scope: "discipline" },
  { model: "Preptype", fields: ["name"], scope: "collection" },
];

export const preparationTypes: readonly string[] = ["Boxed", "Dried", "Wet", "Sheet", "Packet"];

/** Some of the pick lists that Specify gives a collection. */
export const pickLists: readonly List[] = [
  { name: "Division", table: "division", items: [] },
  { name: "PrepType", table: "preptype", items: [] },
  { name: "CollectionObjectType", table: "collectionobjecttype", items: [] },
  { name: "AccessionStatus", table: null, items: ["Complete", "In Process", "Accession"] },
  { name: "AgentTitles", table: null, items: ["dr", "mr", "ms", "prof"] },
  { name: "CollectingMethod", table: null, items: ["hand picked", "cut", "unknown"] },
  { name: "LifeStage", table: null, items: ["seed", "seedling", "sapling", "adult", "unknown"] },
  { name: "Phenology", table: null, items: ["budding", "flowering", "fruiting", "sterile"] },
  { name: "TypeStatus", table: null, items: ["Holotype", "Isotype", "Lectotype", "Neotype", "Syntype"] },
];
