import { mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parseConfig } from "../../../src/flows/structure/config.ts";
import { readConfigFile } from "../../../src/flows/structure/config-path.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

const PROJECT_FILE = "config/specify_structure/unimus_natur.yaml";
const MUSEUMS = ["NHM", "UM", "UTM", "VM", "NBH"];

/** What is said about a text, a line for each mistake. */
function mistakes(text: string): string[] {
  try {
    parseConfig({ path: "f.yaml", text });
  } catch (error) {
    const [first = "", ...lines] = (error as Error).message.split("\n");
    expect(first).toMatch(/^f\.yaml has (?:a mistake|\d+ mistakes); nothing was written to Specify\.$/);
    return lines.map((line) => line.replace("  • f.yaml:", ""));
  }
  return [];
}

test("the project's own file holds two divisions with ten disciplines, each with five collections", async () => {
  const { config } = parseConfig(await readConfigFile(PROJECT_FILE));
  expect(config.institution_name).toBe("UniMus:Natur");
  expect(
    config.divisions.map(({ name, disciplines }) => [
      name,
      disciplines.map((one) => `${one.name}: ${one.type}`),
    ]),
  ).toEqual([
    [
      "Biology",
      [
        "Karplanter Moser: botany",
        "Alger: botany",
        "Lav Sopp: botany",
        "Insekter: entomology",
        "Marine invertebrater: invertebrate zoology",
        "Pattedyr: vertebrate zoology",
        "Fugl: vertebrate zoology",
        "Fisk og herptiler: vertebrate zoology",
      ],
    ],
    ["Geology/paleontology", ["Geologi: geology", "Paleontologi: invertpaleo"]],
  ]);
  for (const { collections } of config.divisions.flatMap(({ disciplines }) => disciplines)) {
    expect(collections.map(({ code }) => code)).toEqual(MUSEUMS);
  }
});

test("what is left out is as Specify has it: trees, format of catalogue numbers, a collection's name", () => {
  const text =
    "institution_name: X\ndivisions: [{name: ' A ', disciplines: [{name: B, type: t, collections: [{code: C}]}]}]";
  const [division] = parseConfig({ path: "f.yaml", text }).config.divisions;
  expect(division).toEqual({
    name: "A",
    disciplines: [
      {
        name: "B",
        type: "t",
        geography_tree: { name: "Geography", preload: false },
        taxon_tree: { name: "Taxon", preload: false },
        collections: [{ code: "C", name: "C", catalognumberformatname: "CatalogNumberNumeric" }],
      },
    ],
  });
});

describe("all mistakes are told at once, by line and column", () => {
  test("unknown keys, wrong types and what is missing", () => {
    const text = [
      "institution_name: 3",
      "divisions:",
      "  - name: A",
      "    disciplins: []",
      "  - disciplines:",
      "      - name: B",
      "        type:",
      "        taxon_tree: { preload: yes }",
      "        collections: [{ code: 1 }, { name: ' ' }]",
    ].join("\n");
    expect(mistakes(text)).toEqual([
      "1:1 institution_name: must be a text, but is 3; put it in quotes",
      "4:5 divisions[0].disciplins: unknown key; known are name, disciplines",
      "5:5 divisions[1].name: is missing; it must be a text",
      "7:9 divisions[1].disciplines[0].type: must be a text, but is empty",
      '8:23 divisions[1].disciplines[0].taxon_tree.preload: must be true or false, but is "yes"',
      "9:25 divisions[1].disciplines[0].collections[0].code: must be a text, but is 1; put it in quotes",
      "9:36 divisions[1].disciplines[0].collections[1].code: is missing; it must be a text",
      "9:38 divisions[1].disciplines[0].collections[1].name: must not be empty",
    ]);
  });

  test("names and codes that stand twice, capitals and blanks aside, and keys that do", () => {
    const text = [
      "institution_name: X",
      "institution_name: Y",
      "divisions:",
      "  - name: A",
      "    disciplines:",
      "      - { name: Fugl, type: t, collections: [{ code: UM }, { code: um }] }",
      "  - name: a",
      "    disciplines:",
      "      - { name: 'FUGL ', type: t, collections: [{ code: UM }] }",
    ].join("\n");
    expect(mistakes(text)).toEqual([
      "2:1 Map keys must be unique",
      '6:62 divisions[0].disciplines[0].collections[1].code: "um" stands already at f.yaml:6:48 divisions[0].disciplines[0].collections[0].code',
      '7:5 divisions[1].name: "a" stands already at f.yaml:4:5 divisions[0].name',
      '9:11 divisions[1].disciplines[0].name: "FUGL " stands already at f.yaml:6:11 divisions[0].disciplines[0].name',
    ]);
  });

  test.each([
    ["what is no YAML", "a: [", /^1:5 Flow sequence/],
    ["an alias of nothing", "institution_name: *x", /^1:19 \*x refers to &x, which stands nowhere above it$/],
    ["a tag", "institution_name: !secret x", /^1:19 Unresolved tag/],
    ["an empty file", "", /^1:1: must be a mapping of keys to values, but is empty$/],
    ["a list", "- a", /^1:1: must be a mapping of keys to values, but is \["a"\]$/],
    ["a tab", "divisions:\n\t- name: A", /^2:1 /],
  ])("%s", (_what, text, expected) => {
    expect(mistakes(text)[0]).toMatch(expected);
  });

  test("aliases that would fill the memory", () => {
    const level = (name: string, of: string) => `${name}: &${name} [${Array(10).fill(`*${of}`).join(", ")}]`;
    const text = ["a: &a [x]", level("b", "a"), level("c", "b"), level("d", "c"), level("e", "d")].join("\n");
    expect(mistakes(text)).toHaveLength(1);
  });
});

describe("config_path", () => {
  test("leads to a file of the checkout", async () => {
    expect(await readConfigFile(`./config/../${PROJECT_FILE}`)).toMatchObject({ path: PROJECT_FILE });
    expect(await readConfigFile(join(process.cwd(), PROJECT_FILE))).toMatchObject({ path: PROJECT_FILE });
  });

  test("may not leave the checkout, by a symbolic link neither", async () => {
    const outside = await temporaryFolder();
    await writeFile(join(outside, "f.yaml"), "institution_name: X");
    const checkout = join(outside, "checkout");
    await mkdir(checkout);
    await symlink("../f.yaml", join(checkout, "link.yaml"));
    for (const path of ["../f.yaml", "..", ".", "", join(outside, "f.yaml"), "link.yaml", "/etc/passwd"]) {
      await expect(readConfigFile(path, checkout)).rejects.toThrow("no file within the checkout");
    }
  });

  test("is told when there is no such file, or it is a folder", async () => {
    await expect(readConfigFile("config/nothing.yaml")).rejects.toThrow(
      'config_path is "config/nothing.yaml", but the checkout has no such file. Commit it',
    );
    await expect(readConfigFile("config")).rejects.toThrow("cannot be read as a file");
  });
});
