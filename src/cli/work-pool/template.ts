import { readFileSync } from "node:fs";
import type { Json, JsonObject } from "../../prefect/api-types.ts";
import { CliError } from "../errors.ts";

/**
 * Reads a base job template from a JSON file, or from the JSON itself.
 * @throws CliError when it cannot be read, is no JSON, or lacks one of the two parts of a template
 */
export function readBaseJobTemplate(fileOrJson: string): JsonObject {
  const inline = fileOrJson.trimStart().startsWith("{");
  const source = inline ? "The text of --base-job-template" : fileOrJson;
  const template = parse(inline ? fileOrJson : readText(fileOrJson), source);
  if (typeof template !== "object" || template === null || Array.isArray(template)) {
    throw new CliError(`${source} must hold a JSON object with the keys job_configuration and variables.`);
  }
  const missing = ["job_configuration", "variables"].filter((key) => !isObject(template[key]));
  if (missing.length > 0) {
    const seen = Object.keys(template).join(", ") || "none";
    throw new CliError(
      `${source} is not a base job template: ${missing.join(" and ")} must be an object, and the keys are: ${seen}. ` +
        "A template to start from: create the pool without one, then prefect-ts work-pool inspect NAME -o json " +
        "shows its base_job_template. A Job manifest goes under job_configuration.job_manifest.",
    );
  }
  return template;
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    throw new CliError(
      `The base job template ${path} cannot be read. Give the path of a JSON file, or the JSON itself.`,
      { cause },
    );
  }
}

function parse(text: string, source: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch (cause) {
    throw new CliError(`${source} is not valid JSON`, { cause });
  }
}

function isObject(value: Json | undefined): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
