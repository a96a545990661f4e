import type { DeploymentCreate, JsonObject } from "../../prefect/api-types.ts";
import type { PrefectClient } from "../../prefect/client/client.ts";
import { errorText, isNotFound } from "../../prefect/errors.ts";
import { CliError } from "../errors.ts";
import type { Plan } from "./plan.ts";

/** Creates a deployment, or updates the one of that flow and name. Gives its id. */
export async function applyPlan(client: PrefectClient, plan: Plan): Promise<string> {
  try {
    const existing = await readExisting(client, plan);
    if (existing === undefined) {
      const flow = await client.deployments.createFlow(plan.flowName);
      const created = await client.deployments.create({
        ...plan.fields,
        flow_id: flow.id,
      } as unknown as DeploymentCreate);
      return created.id;
    }
    const { name: _, ...changes } = plan.fields;
    await client.deployments.update(existing, changes as JsonObject);
    return existing;
  } catch (cause) {
    throw new CliError(
      `Deployment '${plan.flowName}/${plan.name}' was not accepted by the server: ${errorText(cause)}`,
    );
  }
}

async function readExisting(client: PrefectClient, plan: Plan): Promise<string | undefined> {
  try {
    return (await client.deployments.readByName(plan.flowName, plan.name)).id;
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}
