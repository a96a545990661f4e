import type { z } from "zod";
import type { ProposedState } from "../prefect/states.ts";
import { parameterOpenApiSchema } from "./parameter-schema/openapi-schema.ts";
import { checkParameters } from "./parameters.ts";
import type { RunServer } from "./recorder/run-server.ts";

/** The keys under which a pause keeps what it asks for and gets (`keyset_from_paused_state` in `src/prefect/input`). */
interface InputKeys {
  description: string;
  response: string;
  schema: string;
}

export function inputKeys(stateName: string, pauseKey: string): InputKeys {
  const base = `${stateName.toLowerCase()}-${pauseKey}`;
  return { description: `${base}-description`, response: `${base}-response`, schema: `${base}-schema` };
}

/** Tells the server what is asked for, so that the UI shows a form and the answer is checked. */
export async function saveInputSchema(
  { client, flowRun }: RunServer,
  pause: ProposedState,
  { waitForInput, description }: { waitForInput?: z.ZodObject; description?: string },
): Promise<void> {
  if (waitForInput === undefined) return;
  const keys = pause.state_details.run_input_keyset as InputKeys;
  const schema = parameterOpenApiSchema({ name: "RunInput", parameters: waitForInput });
  await client.flowRuns.createInput(flowRun.id, keys.schema, schema);
  if (description !== undefined) await client.flowRuns.createInput(flowRun.id, keys.description, description);
}

/**
 * What the one who resumed the run has given.
 * @throws ParameterError when it does not fit, with the path of each field that is wrong
 */
export async function checkInput(
  { client, flowRun }: RunServer,
  pause: ProposedState,
  waitForInput: z.ZodObject | undefined,
): Promise<unknown> {
  if (waitForInput === undefined) return undefined;
  const keys = pause.state_details.run_input_keyset as InputKeys;
  const given = (await client.flowRuns.readInput(flowRun.id, keys.response)) ?? {};
  return checkParameters({ name: `${pause.name} ${flowRun.name}`, parameters: waitForInput }, given);
}
