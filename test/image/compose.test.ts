import { expect, it } from "vitest";
import { parse } from "yaml";
import { readComposeFile } from "../../dev/image/compose.ts";
import { environmentFor } from "../../dev/stack/environment.ts";

interface Service {
  readonly image?: string;
  readonly environment?: Record<string, string>;
  readonly depends_on?: Record<string, { readonly condition: string }>;
  readonly healthcheck?: { readonly disable?: boolean };
  readonly ports?: readonly { readonly host_ip?: string }[];
}

const read = await readComposeFile((text) => process.stderr.write(`[compose] ${text}\n`));
const { services } = parse(read) as { services: Record<string, Service> };

it("compose.yaml is the whole system, as Docker Compose reads it", () => {
  expect(Object.keys(services).sort()).toEqual([
    "bucket",
    "deploy",
    "mariadb",
    "minio",
    "oracle",
    "prefect",
    "worker",
  ]);
});

it("every image of compose.yaml has an exact tag, and no port is open beyond this machine", () => {
  for (const [name, { image, ports }] of Object.entries(services)) {
    expect(image, name).toMatch(/:[\w.-]+$/);
    expect(image, name).not.toMatch(/:latest$/);
    for (const port of ports ?? []) expect(port.host_ip, name).toBe("127.0.0.1");
  }
});

it("what compose.yaml waits for has a health check of its own, or is awaited to its end", () => {
  for (const [name, { depends_on }] of Object.entries(services)) {
    for (const [other, { condition }] of Object.entries(depends_on ?? {})) {
      if (condition !== "service_healthy") continue;
      // The worker's is in its image.
      const own = services[other]?.healthcheck !== undefined || other === "worker";
      expect(own, `${name} waits for ${other}`).toBe(true);
    }
  }
});

it("the worker of compose.yaml has every variable that the local stack gives", () => {
  const { worker } = services;
  const stack = environmentFor({
    prefect: { apiUrl: "", uiUrl: "" },
    mariadb: { host: "", port: 0, database: "", user: "", password: "", rootPassword: "" },
    s3: { bucket: "", endpoint: "", region: "", accessKeyId: "", secretAccessKey: "" },
    oracle: { host: "", port: 0, service: "", user: "", password: "" },
    git: { url: "", repositoryUrl: "", folder: "" },
  } as unknown as Parameters<typeof environmentFor>[0]);
  // These two have the right value by default.
  const byDefault = ["DATABASE_PORT", "S3_REGION"];
  const wanted = Object.keys(stack).filter((name) => !byDefault.includes(name));
  expect(Object.keys(worker?.environment ?? {})).toEqual(expect.arrayContaining(wanted));
});
