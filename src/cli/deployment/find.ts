import type { Deployment, Flow } from "../../prefect/api-types.ts";
import type { PrefectClient } from "../../prefect/client/client.ts";
import { isNotFound } from "../../prefect/errors.ts";
import { CliError, usageError } from "../errors.ts";
import { closeNames, suggestion } from "../names.ts";

/** The largest page that the server gives. */
const PAGE = 200;

export interface NamedDeployment {
  deployment: Deployment;
  flow: Flow | undefined;
  /** `flow name/deployment name` */
  fullName: string;
}

/**
 * Reads a deployment by `flow name/deployment name`.
 * @throws CliError that offers names like it when there is none of that name
 */
export async function findDeployment(client: PrefectClient, name: string): Promise<Deployment> {
  const at = name.indexOf("/");
  if (at > 0 && at < name.length - 1) {
    try {
      return await client.deployments.readByName(name.slice(0, at), name.slice(at + 1));
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  }
  const known = (await listDeployments(client)).map(({ fullName }) => fullName);
  if (at === -1) {
    const ownNames = new Map(known.map((full) => [full.slice(full.indexOf("/") + 1), full]));
    const meant = closeNames(name, [...ownNames.keys()]).map((own) => `'${ownNames.get(own)}'`);
    const hint =
      meant.length === 0 ? "prefect-ts deployment ls lists them all." : `Did you mean ${meant.join(" or ")}?`;
    throw usageError(`Invalid deployment name '${name}'. Expected '<flow-name>/<deployment-name>'. ${hint}`);
  }
  const whenNone =
    "The server has no deployment yet: prefect-ts deploy --all registers those of prefect.yaml.";
  throw new CliError(`Deployment '${name}' not found! ${suggestion(name, known, whenNone)}`);
}

/** All deployments, or those of some flows, with the names of their flows. */
export async function listDeployments(
  client: PrefectClient,
  flowNames: string[] = [],
): Promise<NamedDeployment[]> {
  const deployments: Deployment[] = [];
  for (let offset = 0; ; offset += PAGE) {
    const flows = flowNames.length === 0 ? {} : { flows: { name: { any_: flowNames } } };
    const page = await client.deployments.filter({ ...flows, limit: PAGE, offset, sort: "NAME_ASC" });
    deployments.push(...page);
    if (page.length < PAGE) break;
  }
  const flows = await flowsById(
    client,
    deployments.map((deployment) => deployment.flow_id),
  );
  return deployments.map((deployment) => {
    const flow = flows.get(deployment.flow_id);
    return { deployment, flow, fullName: `${flow?.name ?? "?"}/${deployment.name}` };
  });
}

/** Flows by their id. */
export async function flowsById(client: PrefectClient, ids: string[]): Promise<Map<string, Flow>> {
  const wanted = [...new Set(ids)];
  const found = new Map<string, Flow>();
  for (let offset = 0; offset < wanted.length; offset += PAGE) {
    const any_ = wanted.slice(offset, offset + PAGE);
    for (const flow of await client.deployments.filterFlows({ flows: { id: { any_ } }, limit: PAGE })) {
      found.set(flow.id, flow);
    }
  }
  return found;
}
