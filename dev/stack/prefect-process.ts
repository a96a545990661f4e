import { join } from "node:path";
import type { StackContext } from "./context.ts";
import { waitUntilReady } from "./ready.ts";
import { type ServiceProcess, startServiceProcess } from "./service-process.ts";

interface PrefectProcessOptions {
  /** The virtual environment it is installed in. */
  readonly environment: string;
  /** PREFECT_HOME: its SQLite database lies there. */
  readonly home: string;
  readonly port: number;
  /** Name in messages and of the log file. */
  readonly name?: string;
  /** `user:password`: asks for basic auth. */
  readonly authString?: string;
  /** More settings, by their variables. */
  readonly settings?: Record<string, string>;
}

const READY_MS = 120_000;

/** Starts the server on a home folder, and waits until it answers. */
export async function startPrefectProcess(
  context: StackContext,
  options: PrefectProcessOptions,
): Promise<ServiceProcess> {
  const server = startServiceProcess(context, {
    name: options.name ?? "prefect",
    command: join(options.environment, "bin", "python"),
    // The command that `prefect server start` runs itself, without the second Python that waits for it.
    args: [
      ...["-m", "uvicorn", "--factory", "prefect.server.api.server:create_app"],
      ...["--host", "127.0.0.1", "--port", String(options.port), "--timeout-keep-alive", "5"],
      ...["--log-level", "warning"],
    ],
    env: serverEnvironment(options),
  });
  const health = `http://127.0.0.1:${options.port}/api/health`;
  const probe = async () => {
    const answer = await fetch(health, { signal: AbortSignal.timeout(5_000) });
    await answer.arrayBuffer();
    if (!answer.ok) throw new Error(`${health} answered ${answer.status}`);
  };
  await waitUntilReady(server, probe, { timeoutMs: READY_MS, signal: context.signal });
  return server;
}

function serverEnvironment(options: PrefectProcessOptions): NodeJS.ProcessEnv {
  // The user's own Prefect settings are for another server.
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith("PREFECT_"));
  return {
    ...Object.fromEntries(inherited),
    PREFECT_HOME: options.home,
    PREFECT_API_URL: `http://127.0.0.1:${options.port}/api`,
    PREFECT_SERVER_API_HOST: "127.0.0.1",
    PREFECT_SERVER_API_PORT: String(options.port),
    PREFECT_SERVER_ANALYTICS_ENABLED: "false",
    PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT: "false",
    PREFECT_LOGGING_SERVER_LEVEL: "WARNING",
    PREFECT__SERVER_FINAL: "1",
    ...(options.authString !== undefined && { PREFECT_SERVER_API_AUTH_STRING: options.authString }),
    ...options.settings,
  };
}
