import { request } from "node:http";
import type { StackContext } from "./context.ts";

interface ContainerSettings {
  /** The service's name in messages. */
  readonly service: string;
  readonly image: string;
  /** The port inside the container. */
  readonly port: number;
  readonly environment?: Record<string, string>;
  readonly command?: string[];
  /** A line of the container's log that says it is ready, and how often it comes. */
  readonly ready: { readonly log: RegExp; readonly times: number };
}

const READY_MS = 300_000;

/**
 * Starts a container through testcontainers when a Docker engine answers. Where the image can't be had, a line
 * says why, and the service is started as a local process instead.
 * @returns where it listens, or undefined when there is no engine or it could not start
 */
export async function startContainer(
  context: StackContext,
  settings: ContainerSettings,
): Promise<{ host: string; port: number } | undefined> {
  if (!(await engineAnswers())) return undefined;
  const say = (text: string) => context.progress(settings.service, text);
  say(`starting ${settings.image} with Docker ...`);
  try {
    // Loaded only here: it costs a second, and machines without Docker never need it.
    const { GenericContainer, Wait } = await import("testcontainers");
    const container = new GenericContainer(settings.image)
      .withExposedPorts(settings.port)
      .withEnvironment(settings.environment ?? {})
      .withWaitStrategy(Wait.forLogMessage(settings.ready.log, settings.ready.times))
      .withStartupTimeout(READY_MS);
    const started = await (settings.command ? container.withCommand(settings.command) : container).start();
    context.closers.add(`${settings.service} container`, async () => {
      await started.stop();
    });
    return { host: started.getHost(), port: started.getMappedPort(settings.port) };
  } catch (error) {
    say(`Docker could not start ${settings.image} (${firstLine(error)}); starting a local process instead`);
    return undefined;
  }
}

/** True when a Docker engine answers on DOCKER_HOST or the usual socket. `PREFECT_TS_STACK_DOCKER=false`: never. */
function engineAnswers(): Promise<boolean> {
  if (process.env.PREFECT_TS_STACK_DOCKER === "false") return Promise.resolve(false);
  const host = process.env.DOCKER_HOST ?? "unix:///var/run/docker.sock";
  const target = host.startsWith("unix://")
    ? { socketPath: host.slice("unix://".length), path: "/_ping" }
    : `${host.replace(/^tcp:/, "http:")}/_ping`;
  return new Promise((done) => {
    const ping =
      typeof target === "string"
        ? request(target, { timeout: 1_000 })
        : request({ ...target, timeout: 1_000 });
    ping.on("response", (answer) => {
      answer.resume();
      done(answer.statusCode === 200);
    });
    ping.on("timeout", () => ping.destroy(new Error("no answer")));
    ping.on("error", () => done(false));
    ping.end();
  });
}

function firstLine(error: unknown): string {
  return (error as Error).message.split("\n", 1)[0] ?? "";
}
