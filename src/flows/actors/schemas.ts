/** The schemas of MUSIT whose actors take part in specimen events. */
export const MUSIT_SCHEMAS = ["MUSIT_BOTANIKK_FELLES", "MUSIT_ZOOLOGI_ENTOMOLOGI"] as const;

export type MusitSchema = (typeof MUSIT_SCHEMAS)[number];

/** What the Remarks of an actor's agent begin with; its ACTOR_ID follows. */
export function actorMarker(schema: MusitSchema): string {
  return `MUSIT-migration: ACTOR; schema=${schema}; ACTOR_ID=`;
}
