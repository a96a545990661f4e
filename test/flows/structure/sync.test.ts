import { afterAll, describe, expect, test } from "vitest";
import { parseConfig } from "../../../src/flows/structure/config.ts";
import { openSpecify } from "../../../src/specify/database.ts";
import { freshSpecify } from "../../specify/support/fresh-specify.ts";
import { checksums, figures, structureFile, sync } from "./support/structures.ts";

const settings = await freshSpecify({ firstDiscipline: true });
const database = await openSpecify(settings);
afterAll(() => database.close());

/** The tables as they are after a statement that only one test wants. */
async function withChange<T>(change: string, undo: string, work: () => Promise<T>): Promise<T> {
  await database.query(change);
  try {
    return await work();
  } finally {
    await database.query(undo);
  }
}

const numberOf = async (table: "division" | "discipline", name: string) => {
  const rows = await database.query<{ id: number }>(
    `SELECT usergroupscopeid AS id FROM ${table} WHERE Name = ? ORDER BY 1`,
    [name],
  );
  return rows.map(({ id }) => id);
};

describe("what stops it before anything is written", () => {
  const refused = async (file: Parameters<typeof sync>[0]): Promise<string> => {
    const before = await checksums(database);
    const error = await sync(file, settings).then(
      () => new Error("it was not refused"),
      (thrown: Error) => thrown,
    );
    expect(await checksums(database)).toEqual(before);
    return error.message;
  };

  test("an institution that is not there", async () => {
    expect(await refused(structureFile({ Biology: [] }, "UniMus:Kultur"))).toContain(
      'Specify has no institution named "UniMus:Kultur"; it has "UniMus:Natur". Nothing was written.',
    );
  });

  test("several institutions of one name, capitals aside", async () => {
    const insert =
      "INSERT INTO institution (usergroupscopeid, Name, IsAccessionsGlobal, IsSecurityOn, IsServerBased, IsSharingLocalities, " +
      "IsSingleGeographyTree, TimestampCreated) VALUES (2, 'UNIMUS:natur', 0, 0, 0, 0, 0, NOW())";
    await withChange(insert, "DELETE FROM institution WHERE usergroupscopeid = 2", async () => {
      expect(await refused(structureFile({ Biology: [] }))).toContain(
        'Specify has 2 institutions named "UniMus:Natur" (numbers 1, 2). Nothing was written.',
      );
    });
  });

  test("texts longer than the columns of this database, by line and column, all at once", async () => {
    const long = "x".repeat(65);
    const text = `institution_name: UniMus:Natur\ndivisions:\n  - name: Biology\n    disciplines:\n      - name: ${long}\n        type: ${long}\n        collections: [{ code: ${long} }]\n`;
    await withChange(
      "ALTER TABLE collection MODIFY Code varchar(60)",
      "ALTER TABLE collection MODIFY Code varchar(50)",
      async () => {
        expect((await refused(parseConfig({ path: "f.yaml", text }))).split("\n")).toEqual([
          "f.yaml has 4 mistakes; nothing was written to Specify.",
          "  • f.yaml:5:9 divisions[0].disciplines[0].name: has 65 characters, but discipline.Name holds 64",
          "  • f.yaml:6:9 divisions[0].disciplines[0].type: has 65 characters, but discipline.Type holds 64",
          "  • f.yaml:7:25 divisions[0].disciplines[0].collections[0].code: has 65 characters, but collection.Code holds 60",
          "  • f.yaml:7:23 divisions[0].disciplines[0].collections[0].name: has 65 characters, but collection.CollectionName holds 50",
        ]);
      },
    );
  });

  test("characters that a column of this database cannot hold", async () => {
    await withChange(
      "ALTER TABLE division MODIFY Name varchar(255) CHARACTER SET utf8mb3",
      "ALTER TABLE division MODIFY Name varchar(255) CHARACTER SET utf8mb4",
      async () => {
        expect(await refused(structureFile({ "Fisk 🐟": [] }))).toContain(
          "divisions[0].name: holds characters that division.Name cannot, whose character set is utf8mb3",
        );
      },
    );
  });

  test("a table that is missing, though it is written to last", async () => {
    await withChange(
      "RENAME TABLE picklistitem TO elsewhere",
      "RENAME TABLE elsewhere TO picklistitem",
      async () => {
        const error = await sync(structureFile({ Biology: [] }), settings).catch((thrown: unknown) => thrown);
        expect(String(error)).toContain('The database has no table "picklistitem": is it Specify 7\'s?');
      },
    );
  });

  test("names that this database takes for equal", async () => {
    expect(await refused(structureFile({ Biology: ["Ål: fish", "Al: fish"] }))).toContain(
      'divisions[0].disciplines[1].name: to this database "Al" is the same as "Ål"; Specify would refuse it',
    );
  });
});

test("what is there is found by name or code, capitals and blanks aside, and is left as it is", async () => {
  const before = await checksums(database);
  const file = structureFile({ BIOLOGY: ["karplanter moser : botany: o-v"] }, "unimus:NATUR");
  expect(figures(await sync(file, settings))).toBe("0/3 0");
  expect(await checksums(database)).toEqual(before);
});

test("a dry run decides the same and writes nothing", async () => {
  const file = structureFile({ Biology: ["Moser: botany: NHM UM"], Tørr: ["Stein: geology: NHM"] });
  const before = await checksums(database);
  const dry = await sync(file, settings, { dryRun: true });
  expect(await checksums(database)).toEqual(before);
  expect(figures(dry)).toBe("6/1 0");
  const real = await sync(file, settings);
  expect(real).toEqual(dry);
  expect(figures(await sync(file, settings))).toBe("0/7 0");
});

test("a discipline that is in another division stays there, with a warning, and its collections are applied", async () => {
  const file = structureFile({ Botanikk: ["Karplanter Moser: botany: VM"] });
  const { plan, written } = await sync(file, settings);
  expect(plan.warnings).toEqual([
    'Discipline "Karplanter Moser" is in division "Biology" (number 1), but the file has it under "Botanikk". ' +
      "It stays where it is; its collections are applied to it there.",
  ]);
  expect(written.created.map(({ name }) => name)).toEqual(["Botanikk", "Karplanter Moser / VM"]);
  expect(await numberOf("discipline", "Karplanter Moser")).toEqual([1]);
  expect(await database.query("SELECT DisciplineID AS id FROM collection WHERE Code = 'VM'")).toEqual([
    { id: 1 },
  ]);
});

test("another type than the file's is told, and stays", async () => {
  const { plan } = await sync(structureFile({ Biology: ["Karplanter Moser: fish"] }), settings);
  expect(plan.warnings).toEqual([
    'Discipline "Karplanter Moser" is of type "botany", but the file says "fish". It stays as it is.',
  ]);
});

test("of several of one name the one in the file's division is taken, else the first, and a line names them", async () => {
  const file = structureFile({ Tvilling: ["Dobbel: fish: NHM"], Annen: ["Dobbel to: fish: NHM"] });
  await sync(file, settings);
  const [first = 0] = await numberOf("discipline", "Dobbel");
  const [other = 0] = await numberOf("discipline", "Dobbel to");
  await database.query("UPDATE discipline SET Name = 'DOBBEL' WHERE usergroupscopeid = ?", [other]);
  const both = `(numbers ${first}, ${other})`;
  const there = await sync(structureFile({ Annen: ["dobbel: fish: NHM UM"] }), settings);
  expect(there.plan.warnings).toEqual([
    `Specify has 2 disciplines named "dobbel" ${both}. Number ${other} is taken, which is in division "Annen". ` +
      "Rename or remove the others in Specify.",
  ]);
  expect(
    await database.query(
      "SELECT DisciplineID AS id FROM collection WHERE Code = 'UM' AND DisciplineID IN (?, ?)",
      [first, other],
    ),
  ).toEqual([{ id: other }]);
  const elsewhere = await sync(structureFile({ Biology: ["Dobbel: fish"] }), settings, { dryRun: true });
  expect(elsewhere.plan.warnings).toEqual([
    expect.stringContaining(
      `disciplines named "Dobbel" ${both}. Number ${first} is taken, the first of them.`,
    ),
    expect.stringContaining('is in division "Tvilling"'),
  ]);

  await database.query("UPDATE division SET Name = 'tvilling' WHERE Name = 'Annen'");
  await database.query("UPDATE collection SET Code = 'um' WHERE Code = 'NHM' AND DisciplineID = ?", [other]);
  const { plan } = await sync(structureFile({ Tvilling: ["Dobbel: fish"] }), settings, { dryRun: true });
  expect(plan.warnings).toEqual([
    expect.stringMatching(
      /^Specify has 2 divisions named "Tvilling" \(numbers \d+, \d+\)\. Number \d+ is taken, the first/,
    ),
    expect.stringContaining(`Number ${first} is taken, which is in division "Tvilling"`),
  ]);
  await database.query("UPDATE discipline SET Name = 'Trilling' WHERE usergroupscopeid = ?", [other]);
  const codes = await sync(structureFile({ Biology: ["Trilling: fish: UM"] }), settings, { dryRun: true });
  expect(codes.plan.warnings[1]).toMatch(
    /^Specify has 2 collections with code "UM" in discipline "Trilling" \(numbers \d+, \d+\)\. Number/,
  );
  await database.query(
    "UPDATE division SET Name = 'Annen' WHERE usergroupscopeid = (SELECT MAX(usergroupscopeid) FROM division)",
  );
});

test("a type that Specify does not have is told once, with the types that may be meant, where a discipline is to be created", async () => {
  const file = structureFile({
    Biology: [
      "Karplanter Moser: Botany",
      "Biller: entomology",
      "Maur: entomology",
      "Mose: bottany",
      "Sopp: mycology",
    ],
  });
  const { plan } = await sync(file, settings, { dryRun: true });
  const rest = /Specify's types are fish, .*, geology\. Correct the file before the discipline is created/;
  expect(plan.warnings).toEqual([
    expect.stringMatching(
      /^Specify has no discipline type "entomology", which the file gives "Biller", "Maur": .* Is "insect" meant\? /,
    ),
    expect.stringMatching(/"bottany", which the file gives "Mose": .* Is "botany" meant\? /),
    expect.stringMatching(/"mycology", which the file gives "Sopp": [^?]*$/),
  ]);
  for (const line of plan.warnings) expect(line).toMatch(rest);
});

test("trees to be preloaded are made without nodes, with a warning", async () => {
  const text = `institution_name: UniMus:Natur\ndivisions: [{ name: Biology, disciplines: [{ name: Lastet, type: bird, taxon_tree: { preload: true } }] }]`;
  const { plan } = await sync(parseConfig({ path: "f.yaml", text }), settings, { dryRun: true });
  expect(plan.warnings).toEqual([
    expect.stringMatching(/^preload is true, but trees are made without nodes here: taxa of "Lastet"\./),
  ]);
});

test("a collection of a discipline without taxon tree is an error of its row; the rest goes in", async () => {
  await sync(structureFile({ Biology: ["Treløs: fish: NHM"] }), settings);
  await database.query("UPDATE discipline SET TaxonTreeDefID = NULL WHERE Name = 'Treløs'");
  const file = structureFile({ Biology: ["Treløs: fish: NHM UM", "Med tre: fish: UM"] });
  const dry = await sync(file, settings, { dryRun: true });
  const { written } = await sync(file, settings);
  expect(written).toEqual(dry.written);
  expect(written.errors).toEqual([
    'Error creating collection "Treløs / UM": its discipline "Treløs" has no taxon tree, which its type of collection objects needs. ' +
      "Add a tree in Specify; then run again.",
  ]);
  expect(written.created.map(({ name }) => name)).toEqual(["Biology / Med tre", "Med tre / UM"]);
});

test("a row that the database refuses is an error, and so are those below it; nothing of them stays, and the rest goes in", async () => {
  const file = structureFile({ Nektet: ["Under: fish: NHM"], Videre: ["Etter: fish: NHM"] });
  await withChange(
    "ALTER TABLE division ADD CONSTRAINT refused CHECK (Name <> 'Nektet')",
    "ALTER TABLE division DROP CONSTRAINT refused",
    async () => {
      const { written } = await sync(file, settings);
      expect(written.errors).toEqual([
        expect.stringMatching(/^Error creating division "Nektet": CONSTRAINT `refused` failed/),
        'Error creating discipline "Nektet / Under": its division "Nektet" could not be created.',
        'Error creating collection "Under / NHM": its discipline "Under" could not be created.',
      ]);
      expect(written.created).toHaveLength(3);
    },
  );
  expect(await numberOf("division", "Nektet")).toEqual([]);
  expect(figures(await sync(file, settings))).toBe("3/3 0");
});

test("half a discipline never stays: what fails in the middle takes all of it back", async () => {
  const before = await checksums(database);
  await withChange(
    "CREATE TRIGGER refused BEFORE INSERT ON uniquenessrule_fields FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'not now'",
    "DROP TRIGGER refused",
    async () => {
      const { written } = await sync(structureFile({ Biology: ["Halv: fish"] }), settings);
      expect(written.errors).toEqual(['Error creating discipline "Biology / Halv": not now']);
    },
  );
  expect(await checksums(database)).toEqual(before);
});

test("without a sibling to copy from it warns of each kind of rows, and goes on", async () => {
  const bare = await freshSpecify();
  const file = structureFile({ Biology: ["Alger: botany: NHM UM", "Fugl: bird"] });
  const { plan, written } = await sync(file, bare);
  expect(written).toMatchObject({ created: { length: 4 }, errors: [] });
  expect(plan.warnings).toEqual([
    "No discipline has schema captions to copy for Alger, Fugl: Specify's `manage.py run_key_migration_functions` fills them at its next start.",
    "No discipline has uniqueness rules to copy for Alger, Fugl: Specify's `manage.py run_key_migration_functions` fills them at its next start.",
    "No collection has preparation types to copy for Alger NHM, Alger UM: add them in Specify, which makes them only in its own setup.",
    expect.stringMatching(
      /^No collection has pick lists to copy for Alger NHM, Alger UM: .*run_key_migration_functions/,
    ),
  ]);
});
