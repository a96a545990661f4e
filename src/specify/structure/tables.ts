import { TREES } from "./trees.ts";

/** Every table that a structure is read from or written to. */
export const STRUCTURE_TABLES: readonly string[] = [
  "institution",
  "division",
  "discipline",
  "collection",
  "specifyuser",
  "agent",
  "datatype",
  "collectionobjecttype",
  "spappresourcedir",
  ...Object.values(TREES).flatMap(({ table }) => [table, `${table}treedef`, `${table}treedefitem`]),
  "splocalecontainer",
  "splocalecontaineritem",
  "splocaleitemstr",
  "uniquenessrule",
  "uniquenessrule_fields",
  "preptype",
  "picklist",
  "picklistitem",
];
