import { basename, extname } from "node:path";
import { CliError, usageError } from "../errors.ts";
import { suggestion } from "../names.ts";
import { onStdout, print } from "../output.ts";
import type { Session } from "../session.ts";
import type { DeployOptions } from "./options.ts";
import type { DeploymentConfig } from "./schema.ts";

/**
 * The deployments of the file that the command means.
 * @throws CliError when nothing, or nothing clear, is meant
 */
export async function selectDeployments(
  session: Session,
  configs: DeploymentConfig[],
  entrypoint: string | undefined,
  options: DeployOptions,
): Promise<DeploymentConfig[]> {
  if (options.all === true && options.name.length > 0) {
    throw usageError("Cannot use both `--all` and `--name` at the same time. Use only one.");
  }
  if (options.name.length > 0) return byName(configs, entrypoint, options.name);
  // As in Prefect, an entrypoint outdoes --all.
  if (entrypoint !== undefined) {
    return [configs.find((config) => config.entrypoint === entrypoint) ?? {}];
  }
  if (configs.length === 0) {
    if (session.interactive) return [{}];
    throw new CliError(
      `${options.prefectFile} lists no deployment. Add one under \`deployments:\`, or name a flow: ` +
        "prefect-ts deploy src/flows/my-flow.ts:myFlow --name my-deployment --pool my-pool",
    );
  }
  if (options.all === true) return named(configs);
  if (configs.length === 1) return configs;
  return choose(session, configs);
}

function named(configs: DeploymentConfig[]): DeploymentConfig[] {
  return configs.filter((config) => {
    if (config.name == null) print(onStdout.yellow("Discovered unnamed deployment. Skipping..."));
    return config.name != null;
  });
}

async function choose(session: Session, configs: DeploymentConfig[]): Promise<DeploymentConfig[]> {
  if (!session.interactive) {
    throw usageError(
      "Discovered one or more deployment configurations, but no name was given. Please specify the name of at least " +
        `one deployment to create or update (--name), or all of them (--all). ${suggestion("", namesOf(configs), "")}`,
    );
  }
  const { pick } = await import("../prompt.ts");
  const question = "Would you like to use an existing deployment configuration?";
  return [await pick(question, named(configs), (config) => `${config.name}  ${config.entrypoint ?? ""}`)];
}

function byName(
  configs: DeploymentConfig[],
  entrypoint: string | undefined,
  patterns: string[],
): DeploymentConfig[] {
  const found = new Set<DeploymentConfig>();
  const missing: string[] = [];
  for (const pattern of patterns) {
    const matching = configs.filter((config) => matches(config, pattern));
    if (matching.length === 0) missing.push(pattern);
    for (const config of matching) found.add(config);
  }
  const [name, ...more] = missing;
  if (name === undefined) return [...found];
  // A name that the file does not hold is the name of a new deployment, once it is said which flow.
  if (entrypoint !== undefined && more.length === 0 && found.size === 0 && !name.includes("*")) {
    return [{ name: name.slice(name.lastIndexOf("/") + 1) }];
  }
  throw new CliError(
    `The following deployment(s) could not be found, so nothing was deployed: ${missing.join(", ")}. ` +
      suggestion(name, namesOf(configs), "The file lists no deployment."),
  );
}

/** Whether a deployment is meant by `name`, `flow/name`, or a pattern with `*` in either part. */
function matches(config: DeploymentConfig, pattern: string): boolean {
  const at = pattern.lastIndexOf("/");
  if (config.name == null || !glob(pattern.slice(at + 1)).test(config.name)) return false;
  return (
    at === -1 ||
    flowNames(config).some((name) => glob(comparable(pattern.slice(0, at))).test(comparable(name)))
  );
}

/** What a person may call the flow without it being loaded: its name in the file, its export, its module. */
function flowNames(config: DeploymentConfig): string[] {
  const [path = "", exportName] = (config.entrypoint ?? "").split(":");
  const names = [config.flow_name, exportName, basename(path, extname(path))];
  return names.filter((name): name is string => name != null && name !== "");
}

/** `Migrate Users`, `migrate_users`, `migrateUsers` and `migrate-users` are one name. */
function comparable(name: string): string {
  return name
    .replace(/([a-z\d])([A-Z])/g, "$1-$2")
    .replace(/[\s_]+/g, "-")
    .toLowerCase();
}

function glob(pattern: string): RegExp {
  const literal = (part: string) => part.replace(/[\\^$.|?+()[\]{}]/g, "\\$&");
  return new RegExp(`^${pattern.split("*").map(literal).join(".*")}$`);
}

function namesOf(configs: DeploymentConfig[]): string[] {
  return configs.map((config) => config.name ?? "").filter((name) => name !== "");
}
