/** The tables of Oracle's schema USD_METADATA that user migration reads, with the keys that MUSIT's own have. */
export const usdMetadata = {
  owner: "USD_METADATA",
  tables: [
    {
      name: "BRUKARAR",
      comment: "Brukarar av samlingsdatabasane",
      columns: [
        { name: "USR", type: "VARCHAR2(100 CHAR)", nullable: false },
        { name: "NAMN", type: "VARCHAR2(400 CHAR)" },
        { name: "ADRESSE", type: "VARCHAR2(1000 CHAR)" },
        { name: "EPOST", type: "VARCHAR2(200 CHAR)" },
        { name: "TELEFON", type: "VARCHAR2(50)" },
        { name: "KOMMENTAR", type: "VARCHAR2(2000 CHAR)" },
        { name: "ADM", type: "VARCHAR2(1)" },
        { name: "INSTITUSJON", type: "VARCHAR2(200 CHAR)" },
        { name: "OPPRETTA", type: "DATE" },
        { name: "FEIDE", type: "VARCHAR2(200 CHAR)" },
        { name: "FEIDE_EPOST", type: "VARCHAR2(200 CHAR)" },
      ],
      primaryKey: ["USR"],
    },
    {
      name: "GRUPPE",
      comment: "Brukargrupper",
      columns: [
        { name: "GRUPPEID", type: "NUMBER(10,0)", nullable: false },
        { name: "NAVN", type: "VARCHAR2(200 CHAR)" },
        { name: "MUSEUM", type: "VARCHAR2(20)" },
        { name: "FORKLARING", type: "VARCHAR2(1000 CHAR)" },
      ],
      primaryKey: ["GRUPPEID"],
    },
    {
      name: "BRUKERNAVN_GRUPPE",
      comment: "Kven som er i kva gruppe",
      columns: [
        { name: "BRUKERID", type: "NUMBER(10,0)", nullable: false },
        { name: "BRUKERNAVN", type: "VARCHAR2(100 CHAR)" },
        { name: "GRUPPEID", type: "NUMBER(10,0)" },
        { name: "DEFAULTGRUPPE", type: "VARCHAR2(5)" },
      ],
      primaryKey: ["BRUKERID"],
      foreignKeys: [
        { columns: ["GRUPPEID"], references: { table: "GRUPPE", columns: ["GRUPPEID"] } },
        { columns: ["BRUKERNAVN"], references: { table: "BRUKARAR", columns: ["USR"] } },
      ],
    },
  ],
};
