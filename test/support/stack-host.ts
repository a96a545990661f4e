import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import type { ServiceName } from "../../dev/stack/existing.ts";
import { openStack } from "../../dev/stack/index.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** Where test files ask for services of the one stack of this test run; see `sharedStack`. */
    stackHost: string;
  }
}

/**
 * Vitest's global setup. One stack serves the whole run, and a service of it starts when the first test file asks
 * for it: a run of unit tests starts nothing.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  // Everything that a test forgets goes with this folder; `leaks.ts` says what it was. The workers inherit it.
  const outer = process.env.TMPDIR;
  const temporary = await mkdtemp(join(tmpdir(), "prefect-ts-tests-"));
  process.env.TMPDIR = temporary;

  type Opened = Awaited<ReturnType<typeof openStack>>;
  let stack: Promise<Opened> | undefined;
  let failure: Error | undefined;
  const onProgress = (service: string, text: string) => process.stderr.write(`[stack] ${service}: ${text}\n`);

  const answer = async (names: ServiceName[]) => {
    if (failure) throw failure;
    stack ??= openStack({ onProgress });
    const opened = await stack;
    try {
      const services = await opened.ensure(...names);
      return { ...plain(names, services), env: opened.environment() };
    } catch (error) {
      failure ??= error as Error;
      throw error;
    }
  };
  const server = createServer((request, response) => {
    const names = new URL(request.url ?? "/", "http://localhost").searchParams.getAll("service");
    answer(names as ServiceName[]).then(
      (settings) => response.end(JSON.stringify(settings)),
      (error: Error) => response.writeHead(500).end(error.message),
    );
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  project.provide("stackHost", `http://127.0.0.1:${(server.address() as AddressInfo).port}`);

  return async () => {
    server.close();
    server.closeAllConnections();
    if (stack) await (await stack).close();
    if (outer === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = outer;
    await rm(temporary, { recursive: true, force: true });
  };
}

/** What another process can use: the data of each service that was asked for, without its functions and objects. */
function plain(names: ServiceName[], services: object): object {
  const entries = names.map((name) => {
    const service = (services as Record<string, object>)[name] ?? {};
    const data = Object.entries(service).filter(
      ([, value]) => typeof value === "string" || typeof value === "number",
    );
    return [name, Object.fromEntries(data)];
  });
  return Object.fromEntries(entries);
}
