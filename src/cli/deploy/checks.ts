import type { z } from "zod";
import type { JsonObject } from "../../prefect/api-types.ts";
import type { PrefectClient } from "../../prefect/client/client.ts";
import { isNotFound } from "../../prefect/errors.ts";
import { CliError } from "../errors.ts";
import { unknownWorkPool } from "../work-pool/unknown.ts";
import type { Found } from "./placeholders.ts";
import type { DeploymentConfig, Steps } from "./schema.ts";

/** Refuses placeholders that nothing filled. @throws CliError */
export function refuseUnfilled(found: Found): void {
  if (found.missing.size > 0) {
    const names = [...found.missing];
    throw new CliError(
      `The environment variable${names.length > 1 ? "s" : ""} ${names.join(", ")} ` +
        `${names.length > 1 ? "are" : "is"} not set, and prefect.yaml refers to ${names.map((name) => `{{ $${name} }}`).join(", ")}. ` +
        `Set it for this command: export ${names[0]}=…`,
    );
  }
  if (found.outputs.size > 0) {
    throw new CliError(
      `${[...found.outputs].join(", ")} could only be the output of a build step, and prefect-ts runs none. ` +
        "For an environment variable write {{ $NAME }}, for a Prefect variable {{ prefect.variables.name }}.",
    );
  }
}

/** What no deployment can be without. @throws CliError */
export function required(
  resolved: DeploymentConfig,
  workPool: string | null | undefined,
): { name: string; entrypoint: string; workPool: string } {
  const { name, entrypoint } = resolved;
  if (entrypoint == null || entrypoint === "") {
    throw new CliError(
      "An entrypoint must be provided:\n\n \tprefect-ts deploy path/to/file.ts:flowExport\n\n" +
        "You can also provide an entrypoint in a prefect.yaml file.",
    );
  }
  if (name == null || name === "")
    throw new CliError("A deployment name must be provided: --name, or `name:` in the file.");
  if (/[/%&<>]/.test(name)) throw new CliError(`The deployment name "${name}" cannot hold any of / % & < >.`);
  if (workPool == null || workPool === "") {
    throw new CliError(
      "A work pool is required to deploy this flow. Please specify a work pool name via the '--pool' flag or in your " +
        "prefect.yaml file.",
    );
  }
  return { name, entrypoint, workPool };
}

/** Refuses steps that would silently not be run. @throws CliError */
export function refuseSteps(kind: "build" | "push", steps: Steps | null | undefined): void {
  const names = (steps ?? []).flatMap((step) => Object.keys(step));
  if (names.length === 0) return;
  throw new CliError(
    `The ${kind} step ${names.join(", ")} is not run by prefect-ts, which deploys from git and builds no image. ` +
      `Run it before deploying and leave ${kind}: empty, or deploy with Prefect for Python.`,
  );
}

/** Refuses a work pool that the server does not have. @throws CliError */
export async function requireWorkPool(client: PrefectClient, name: string): Promise<void> {
  try {
    await client.workPools.read(name);
  } catch (error) {
    if (!isNotFound(error)) throw error;
    const unknown = await unknownWorkPool(client, name);
    throw new CliError(
      `${unknown.message}\nThe deployment configuration references this work pool. Without it no worker will be able to pick up its runs.`,
    );
  }
}

/** Refuses parameters that the flow does not take. @throws CliError */
export function refuseUnknownParameters(parameters: JsonObject, schema: Record<string, unknown>): void {
  const known = Object.keys((schema.properties ?? {}) as object);
  const unknown = Object.keys(parameters).filter((name) => !known.includes(name));
  if (unknown.length === 0) return;
  throw new CliError(
    `The flow has no parameter named ${unknown.join(", ")}. ` +
      (known.length === 0 ? "It takes no parameters." : `Its parameters: ${known.join(", ")}.`),
  );
}

/** Refuses parameter values that the flow's own schema refuses. @throws CliError with the path of each */
export function refuseParameterValues(parameters: JsonObject, schema: z.ZodObject | undefined): void {
  const mistakes = Object.entries(parameters).flatMap(([name, value]) => {
    // Prefect fills such values when it makes a run.
    if (typeof value === "object" && value !== null && "__prefect_kind" in value) return [];
    const checked = (schema?.shape[name] as z.ZodType | undefined)?.safeParse(value);
    const issues = checked?.error?.issues ?? [];
    return issues.map((issue) => `${[name, ...issue.path].join(".")}: ${issue.message}`);
  });
  if (mistakes.length === 0) return;
  throw new CliError(
    `The flow does not take these parameters: ${mistakes.join("; ")}. Correct \`parameters:\` or --param.`,
  );
}
