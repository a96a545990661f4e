import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { migrateMusitAgents } from "../../src/flows/migrate-musit-agents.ts";
import { migrateUsers } from "../../src/flows/migrate-users.ts";
import { FIELDS } from "../../src/flows/snapshot/inventory.ts";
import { snapshotOracleSchema } from "../../src/flows/snapshot-oracle-schema.ts";
import { syncSpecifyStructure } from "../../src/flows/sync-specify-structure.ts";
import { verifyMigration } from "../../src/flows/verify-migration.ts";
import { actorsReportSchema } from "../../src/reports/actors-report.ts";
import { REPORT_CATEGORIES } from "../../src/reports/keys.ts";
import { commonReportFields } from "../../src/reports/report.ts";
import { structureReportSchema } from "../../src/reports/structure-report.ts";
import { usersReportSchema } from "../../src/reports/users-report.ts";
import { verificationReportSchema } from "../../src/reports/verification-report.ts";

const docs = join(import.meta.dirname, "../../docs");
const migrations = await readFile(join(docs, "migrations.md"), "utf8");
const structure = await readFile(join(docs, "specify-structure.md"), "utf8");

/** A section of docs/migrations.md, by its heading. */
function section(heading: string): string {
  const [, text] = migrations.split(`\n## ${heading}\n`);
  if (text === undefined) throw new Error(`docs/migrations.md has no section "${heading}"`);
  return text.split("\n## ")[0] ?? "";
}

/** The rows of the table whose first column has this title. */
function tableOf(text: string, title: string): string[][] {
  const [, table = ""] = text.split(new RegExp(`^\\| ${title} \\|.*\\n\\|.*\\n`, "m"));
  const lines = table.split("\n");
  return lines
    .slice(
      0,
      lines.findIndex((line) => !line.startsWith("|")),
    )
    .map((line) => line.split(" | "));
}

/** What stands in backticks in the first cells. */
function named(rows: readonly string[][]): string[] {
  return rows.flatMap(([cell = ""]) => [...cell.matchAll(/`([^`]+)`/g)].map(([, name = ""]) => name));
}

const pages = [
  { flow: migrateUsers, text: section("Migrate Users"), report: usersReportSchema, category: "users" },
  {
    flow: migrateMusitAgents,
    text: section("Migrate MUSIT Actors"),
    report: actorsReportSchema,
    category: "actors",
  },
  {
    flow: verifyMigration,
    text: section("Verify migration"),
    report: verificationReportSchema,
    category: "verification",
  },
  { flow: syncSpecifyStructure, text: structure, report: structureReportSchema, category: "structure" },
] as const;

describe.each([...pages, { flow: snapshotOracleSchema, text: section("Oracle Schema Snapshot") }])(
  "the page about $flow.options.name",
  ({ flow, text }) => {
    it("has each parameter with its default, and no other", () => {
      const schema = z.toJSONSchema(flow.options.parameters ?? z.object({}), { io: "input" });
      const defaults = Object.entries(schema.properties ?? {}).map(([name, property]) => {
        const value = typeof property === "object" ? property.default : undefined;
        return [name, typeof value === "string" ? value : JSON.stringify(value)];
      });
      const described = tableOf(text, "parameter").map((row) =>
        row.slice(0, 2).map((cell) => cell.replace(/[|` ]/g, "")),
      );
      expect(described.sort()).toEqual(defaults.sort());
    });
  },
);

it.each(pages)(
  "the report of $flow.options.name has the fields and the category that its page says",
  ({ text, report, category }) => {
    const own = Object.keys(report.shape).filter((field) => !(field in commonReportFields));
    const fields = tableOf(text, "field").flatMap(([cell = ""]) => named([[cell]]));
    expect(fields.sort()).toEqual(own.sort());
    expect(text).toContain(`category \`${REPORT_CATEGORIES[category]}\``);
  },
);

it("every report begins with the fields that all have in common", () => {
  const fields = named(tableOf(section("What all have in common"), "field"));
  expect(fields.sort()).toEqual(Object.keys(commonReportFields).sort());
});

it("changes.json has the kinds that the page says", () => {
  expect(named(tableOf(section("Oracle Schema Snapshot"), "field"))).toEqual(
    expect.arrayContaining(Object.keys(FIELDS)),
  );
});
