import { cp } from "node:fs/promises";
import { join } from "node:path";
import type { StackContext } from "./context.ts";
import { startContainer } from "./docker.ts";
import { existingService } from "./existing.ts";
import { freePort } from "./ports.ts";
import { installPrefect, type PrefectRelease, serverTemplate } from "./prefect-install.ts";
import { startPrefectProcess } from "./prefect-process.ts";
import { noRestart, type Restart } from "./restart.ts";

/** Where a Prefect server listens. */
export interface PrefectSettings {
  /** Its REST API, e.g. `http://127.0.0.1:4200/api`: the value of PREFECT_API_URL. */
  apiUrl: string;
  /** The page to open in a browser. */
  uiUrl: string;
  /** `user:password` when the server asks for basic auth: the value of PREFECT_API_AUTH_STRING. */
  authString?: string;
}

/** A Prefect server whose end and return a test can bring about; only for one that runs as our own process. */
export interface PrefectServer extends PrefectSettings, Restart {}

export interface PrefectOptions {
  /** `user:password`: the server then asks for basic auth. */
  authString?: string;
  /** More settings for the server, e.g. `{ PREFECT_SERVER_SERVICES_CANCELLATION_CLEANUP_ENABLED: "false" }`. */
  settings?: Record<string, string>;
  /** Default: 3.8.8, which everything is tried with. */
  release?: PrefectRelease;
}

/** A Prefect server: an existing one, a container, or a local process with its own SQLite database. */
export async function startPrefect(
  context: StackContext,
  options: PrefectOptions = {},
): Promise<PrefectServer> {
  const existing = existingService("prefect");
  if (existing) return notOurs(existing("PREFECT_API_URL"), process.env.PREFECT_API_AUTH_STRING);
  const container = await startContainer(context, {
    service: "prefect",
    image: `prefecthq/prefect:${options.release ?? "3.8.8"}-python3.11`,
    port: 4200,
    command: ["prefect", "server", "start", "--host", "0.0.0.0"],
    environment: {
      PREFECT_SERVER_ANALYTICS_ENABLED: "false",
      ...(options.authString !== undefined && { PREFECT_SERVER_API_AUTH_STRING: options.authString }),
      ...options.settings,
    },
    ready: { log: /Check out the dashboard/, times: 1 },
  });
  if (container) return notOurs(`http://${container.host}:${container.port}/api`, options.authString);
  return await startLocally(context, options);
}

async function startLocally(context: StackContext, options: PrefectOptions): Promise<PrefectServer> {
  const say = (text: string) => context.progress("prefect", text);
  const environment = await installPrefect(say, options.release);
  const template = await serverTemplate(environment, context, say);
  const home = join(context.folder, "prefect");
  await cp(template, home, { recursive: true });
  const port = await freePort();
  const begin = () => startPrefectProcess(context, { environment, home, port, ...options });
  let server = await begin();
  return {
    apiUrl: `http://127.0.0.1:${port}/api`,
    uiUrl: `http://127.0.0.1:${port}`,
    ...(options.authString !== undefined && { authString: options.authString }),
    stop: () => server.stop(),
    start: async () => {
      await server.stop();
      server = await begin();
    },
  };
}

function notOurs(apiUrl: string, authString?: string): PrefectServer {
  const uiUrl = apiUrl.replace(/\/api\/?$/, "");
  const restart = noRestart(`Prefect server at ${apiUrl}`);
  return { apiUrl, uiUrl, ...(authString !== undefined && { authString }), ...restart };
}
