import { once } from "node:events";
import { createServer } from "node:http";
import { join } from "node:path";
import { afterEach, expect, test, vi } from "vitest";
import { startStack } from "../../../dev/stack/index.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

afterEach(() => vi.unstubAllEnvs());

test("where a Docker engine answers but has no image, the reason is told and a local process serves", async () => {
  const engine = createServer((request, response) => {
    if (request.url?.endsWith("/_ping")) response.end("OK");
    else response.writeHead(500).end(JSON.stringify({ message: "no images to be had here" }));
  });
  const socket = join(await temporaryFolder(), "docker.sock");
  engine.listen(socket);
  await once(engine, "listening");
  vi.stubEnv("DOCKER_HOST", `unix://${socket}`);
  const told: string[] = [];
  try {
    const stack = await startStack({
      services: ["mariadb"],
      onProgress: (_service, text) => told.push(text),
    });
    await stack.close();
  } finally {
    engine.close();
    engine.closeAllConnections();
  }
  expect(told).toContainEqual(
    expect.stringMatching(/^Docker could not start mariadb:10\.11 \(.+\); starting a local process/),
  );
  expect(told.at(-1)).toMatch(/^ready after/);
});
