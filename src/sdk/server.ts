import { PrefectClient } from "../prefect/client/client.ts";
import { loadSettings, loadSettingsIfAny } from "../prefect/settings/settings.ts";
import { currentScope } from "./context.ts";
import type { RunServer } from "./recorder/run-server.ts";

/** A server to ask. Closing it leaves a run's own client open. */
interface OpenServer extends AsyncDisposable {
  client: PrefectClient;
  /** Undefined outside of a run, and in a flow that was called as a plain function. */
  run: RunServer | undefined;
}

/**
 * The current run's server; elsewhere the one of the settings.
 * @throws PrefectError SETTINGS_INVALID when neither is there
 */
export function openServer(): OpenServer {
  return serverOfRun() ?? opened(new PrefectClient(loadSettings()));
}

/** The same; undefined where PREFECT_API_URL is not set either. */
export function openServerIfAny(): OpenServer | undefined {
  const ofRun = serverOfRun();
  if (ofRun !== undefined) return ofRun;
  const settings = loadSettingsIfAny();
  return settings && opened(new PrefectClient(settings));
}

function serverOfRun(): OpenServer | undefined {
  const run = currentScope()?.flowRun.recorder.server;
  return run && { client: run.client, run, [Symbol.asyncDispose]: async () => undefined };
}

function opened(client: PrefectClient): OpenServer {
  return { client, run: undefined, [Symbol.asyncDispose]: () => client.close() };
}
