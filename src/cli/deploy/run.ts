import type { PrefectClient } from "../../prefect/client/client.ts";
import { errorText } from "../../prefect/errors.ts";
import { CliError } from "../errors.ts";
import { onStdout, print, printPanel } from "../output.ts";
import type { Session } from "../session.ts";
import { applyPlan } from "./apply.ts";
import { askForMissing } from "./ask.ts";
import { applyOptions, type DeployOptions, hasSingleOptions } from "./options.ts";
import { type Plan, planDeployment } from "./plan.ts";
import { readPrefectYaml } from "./prefect-yaml.ts";
import { reportDeployment, reportNextSteps } from "./report.ts";
import type { DeploymentConfig, Steps } from "./schema.ts";
import { selectDeployments } from "./select.ts";

/** `prefect-ts deploy`. All deployments are checked, their flows loaded, before the first is sent. */
export async function deploy(
  session: Session,
  entrypoint: string | undefined,
  options: DeployOptions,
): Promise<void> {
  const file = readPrefectYaml(options.prefectFile);
  if (file === undefined && entrypoint === undefined && !session.interactive) {
    throw new CliError(
      `There is no ${options.prefectFile} in ${process.cwd()}. Change to the project's folder, give --prefect-file, ` +
        "or name a flow: prefect-ts deploy src/flows/my-flow.ts:myFlow --name my-deployment --pool my-pool",
    );
  }
  const selected = await selectDeployments(session, file?.deployments ?? [], entrypoint, options);
  await session.withClient(async (client) => {
    // Asked first, so that a server that is away is told of once and not for each deployment.
    await client.version();
    const configs = await complete(session, client, selected, entrypoint, options);
    announce(configs, options);
    const plans = await planAll(client, configs, file?.pull ?? undefined, session);
    for (const plan of plans) {
      if (plans.length > 1) printPanel(`Deploying ${plan.name}`, onStdout.blue);
      reportDeployment(session, plan, await applyPlan(client, plan));
    }
    await reportNextSteps(client, plans);
  });
}

/** Lays flags and answers over the file; flags are for a single deployment, as in Prefect. */
async function complete(
  session: Session,
  client: PrefectClient,
  selected: DeploymentConfig[],
  entrypoint: string | undefined,
  options: DeployOptions,
): Promise<DeploymentConfig[]> {
  const { PREFECT_DEPLOYMENTS_DEFAULT_WORK_POOL_NAME, PREFECT_DEFAULT_WORK_POOL_NAME } = session.settings.raw;
  const defaultPool = PREFECT_DEPLOYMENTS_DEFAULT_WORK_POOL_NAME ?? PREFECT_DEFAULT_WORK_POOL_NAME;
  const [only] = selected;
  let configs = selected;
  if (only !== undefined && selected.length === 1) {
    configs = [applyOptions(only, entrypoint, options)];
  } else if (hasSingleOptions(options)) {
    const ignored =
      "You have passed options to the deploy command, but you are creating or updating multiple deployments. " +
      "These options will be ignored.";
    print(onStdout.yellow(ignored));
  }
  const pooled = configs.map((config) =>
    config.work_pool?.name == null && defaultPool !== undefined
      ? { ...config, work_pool: { ...config.work_pool, name: defaultPool } }
      : config,
  );
  return session.interactive ? Promise.all(pooled.map((config) => askForMissing(client, config))) : pooled;
}

function announce(configs: DeploymentConfig[], options: DeployOptions): void {
  if (configs.length <= 1) return;
  print(
    options.all === true
      ? "Deploying all flows with an existing deployment configuration..."
      : "Deploying flows with selected deployment configurations...",
  );
}

async function planAll(
  client: PrefectClient,
  configs: DeploymentConfig[],
  filePull: Steps | undefined,
  session: Session,
): Promise<Plan[]> {
  const plans: Plan[] = [];
  const problems: { name: string; error: unknown }[] = [];
  for (const config of configs) {
    try {
      plans.push(await planDeployment(client, config, filePull, session.environment));
    } catch (error) {
      problems.push({ name: config.name ?? config.entrypoint ?? "(unnamed)", error });
    }
  }
  const [first] = problems;
  if (first === undefined) return plans;
  if (configs.length === 1) throw first.error;
  const lines = Map.groupBy(problems, ({ error }) => errorText(error))
    .entries()
    .map(([text, group]) => `  • ${group.map(({ name }) => name).join(", ")}: ${text}`);
  throw new CliError(
    `${problems.length} of ${configs.length} deployments have a mistake. Nothing was deployed.\n${[...lines].join("\n")}`,
  );
}
