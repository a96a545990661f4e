import { existsSync, readFileSync } from "node:fs";
import { type Document, LineCounter, parseDocument } from "yaml";
import type { z } from "zod";
import { positionOf } from "../../yaml/position.ts";
import { CliError } from "../errors.ts";
import { closeNames } from "../names.ts";
import { type PrefectYaml, prefectYaml } from "./schema.ts";

/**
 * Reads and checks `prefect.yaml`; undefined when there is no such file.
 * @throws CliError with every mistake in the file, each with line and column
 */
export function readPrefectYaml(path: string): PrefectYaml | undefined {
  if (!existsSync(path)) return undefined;
  const lines = new LineCounter();
  const document = parseDocument(readText(path), { lineCounter: lines, merge: true, prettyErrors: false });
  if (document.errors.length > 0) {
    const mistakes = document.errors.map((error) => {
      const { line, col } = lines.linePos(error.pos[0]);
      return `${path}:${line}:${col} ${error.message}`;
    });
    throw new CliError(`${path} is not valid YAML. Nothing was deployed.\n${bullets(mistakes)}`);
  }
  const checked = prefectYaml.safeParse(document.toJS() ?? {});
  if (checked.success) return checked.data;
  const mistakes = checked.error.issues.flatMap((issue) => describe(issue, path, document, lines));
  throw new CliError(
    `${path} has ${mistakes.length} mistake(s). Nothing was deployed.\n${bullets(mistakes)}`,
  );
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    throw new CliError(`${path} cannot be read. Nothing was deployed`, { cause });
  }
}

function describe(issue: z.core.$ZodIssue, path: string, document: Document, lines: LineCounter): string[] {
  const keys = issue.code === "unrecognized_keys" ? issue.keys : [undefined];
  return keys.map((key) => {
    const at = key === undefined ? issue.path : [...issue.path, key];
    const { line, col } = lines.linePos(positionOf(document, at));
    return `${path}:${line}:${col} ${shown(at)}: ${key === undefined ? messageOf(issue) : unknownKey(key)}`;
  });
}

function messageOf(issue: z.core.$ZodIssue): string {
  // Of a union the branch that came closest says more than "Invalid input".
  if (issue.code !== "invalid_union" || issue.message !== "Invalid input") return issue.message;
  return issue.errors.flat().at(-1)?.message ?? issue.message;
}

const knownKeys = [
  [
    "name",
    "version",
    "version_type",
    "tags",
    "description",
    "schedule",
    "schedules",
    "paused",
    "triggers",
    "sla",
  ],
  ["concurrency_limit", "flow_name", "entrypoint", "parameters", "enforce_parameter_schema", "work_pool"],
  ["build", "push", "pull", "work_queue_name", "job_variables", "cron", "interval", "rrule", "timezone"],
  ["anchor_date", "active", "slug", "day_or", "limit", "collision_strategy", "grace_period_seconds"],
].flat();

function unknownKey(key: string): string {
  const close = closeNames(key, knownKeys)[0];
  return `unknown key${close === undefined ? "" : `, did you mean ${close}?`}`;
}

function shown(path: PropertyKey[]): string {
  return path.reduce<string>(
    (before, key) =>
      typeof key === "number" ? `${before}[${key}]` : `${before}${before && "."}${String(key)}`,
    "",
  );
}

function bullets(lines: string[]): string {
  return lines.map((line) => `  • ${line}`).join("\n");
}
