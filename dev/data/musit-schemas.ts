/** A schema of MUSIT with the people of its collections, as far as the migration of actors reads it. */
function musitSchema(owner: string, noteType: string) {
  return {
    owner,
    tables: [
      {
        name: "ACTOR",
        comment: "Persons, organisations and groups that collect, determine or own",
        columns: [
          { name: "ACTOR_ID", type: "NUMBER(19,0)", nullable: false },
          { name: "ACTOR_TYPE", type: "NUMBER(2,0)" },
          { name: "ACTORNAME", type: "VARCHAR2(400 CHAR)" },
          { name: "BIRTHDATE", type: "DATE" },
          { name: "DEATHDATE", type: "DATE" },
          { name: "EMAIL_ADDRESS", type: "VARCHAR2(200 CHAR)" },
          { name: "INSTITUTION", type: "VARCHAR2(400 CHAR)" },
          { name: "NOTE", type: noteType },
          { name: "VALID_PERSON_NAME_ID", type: "NUMBER(19,0)" },
        ],
        primaryKey: ["ACTOR_ID"],
      },
      {
        name: "PERSON_NAME",
        comment: "The names that an actor has had",
        columns: [
          { name: "PERSON_NAME_ID", type: "NUMBER(19,0)", nullable: false },
          { name: "ACTOR_ID", type: "NUMBER(19,0)" },
          { name: "PERSON_GIVEN_NAME", type: "VARCHAR2(400 CHAR)" },
          { name: "PERSON_SURNAME", type: "VARCHAR2(400 CHAR)" },
          { name: "PERSON_MIDDLE_NAME", type: "VARCHAR2(200 CHAR)" },
          { name: "TITLE", type: "VARCHAR2(200 CHAR)" },
        ],
        primaryKey: ["PERSON_NAME_ID"],
        foreignKeys: [{ columns: ["ACTOR_ID"], references: { table: "ACTOR", columns: ["ACTOR_ID"] } }],
        indexes: [{ name: "PERSON_NAME_ACTOR_I", columns: ["ACTOR_ID"] }],
      },
    ],
  };
}

/** Both schemas that the migration knows; the one has its notes as text, the other as CLOB. */
export const musitSchemas = [
  musitSchema("MUSIT_BOTANIKK_FELLES", "VARCHAR2(4000 CHAR)"),
  musitSchema("MUSIT_ZOOLOGI_ENTOMOLOGI", "CLOB"),
];
