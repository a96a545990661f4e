import { join } from "node:path";
import { describe, expect, inject, it } from "vitest";
import type { ClusterImages } from "../../dev/cluster/image/images.ts";
import { WORKER_IMAGE } from "../../dev/cluster/image/images.ts";
import { runCommand } from "../../dev/stack/command.ts";
import { PROJECT } from "../../dev/stack/install/cache.ts";
import { freePort } from "../../dev/stack/ports.ts";

const provided = inject("images");
const why = "why" in provided ? provided.why : undefined;
const images = provided as ClusterImages;
const image = `${WORKER_IMAGE}:1`;

const docker = async (...args: string[]) =>
  await runCommand("docker", args, { env: { ...process.env, ...images.env } });
/** As in a pod: nothing may be written but two folders, no capabilities, no way to more rights. */
const hardened = [
  ...["--read-only", "--tmpfs", "/tmp", "--tmpfs", "/home/node:uid=1000", "--network=host"],
  ...["--cap-drop=ALL", "--security-opt=no-new-privileges", "--rm"],
];
const inImage = async (...command: string[]) => {
  const [program = "", ...args] = command;
  return await docker("run", ...hardened, "--entrypoint", program, image, ...args);
};

describe.skipIf(why !== undefined)(`the image (${why ?? "built by a Docker engine"})`, () => {
  it("starts the command line as a user without rights, on a root that can't be written to", async () => {
    expect(await docker("run", ...hardened, image, "--version")).toMatch(/^\d+\.\d+\.\d+$/);
    expect(await inImage("sh", "-c", "id -u; touch /app/x 2>&1 || true")).toMatch(
      /^1000\n.*Read-only file system$/,
    );
  });

  it("has git, tini and Node, and no compilers", async () => {
    expect(await inImage("git", "--version")).toMatch(/^git version 2\./);
    expect(await inImage("tini", "--version")).toMatch(/^tini version/);
    expect(await inImage("node", "--version")).toMatch(/^v2[4-9]\./);
    const tools = "for t in gcc cc make python3 curl unzip; do command -v $t; done; echo none";
    expect(await inImage("sh", "-c", tools)).toBe("none");
  });

  it("has production dependencies only", async () => {
    const modules = (await inImage("ls", "/app/node_modules")).split("\n");
    expect(modules).toEqual(expect.arrayContaining(["oracledb", "mariadb", "ws"]));
    for (const name of ["typescript", "vitest", "knip", "node"]) expect(modules).not.toContain(name);
  });

  it("finds Oracle Instant Client in thick mode without any variable", async () => {
    const port = await freePort();
    const script = `
      const { default: oracledb } = await import("/app/node_modules/oracledb/index.js");
      oracledb.initOracleClient();
      console.log(oracledb.oracleClientVersionString);
      await oracledb.getConnection({ user: "a", password: "b", connectString: "127.0.0.1:${port}/X" })
        .catch((error) => console.log(error.message.split("\\n")[0]));`;
    const said = await inImage("node", "--input-type=module", "-e", script);
    // The library itself has looked for the listener: ORA-12541 is its word, not the thin driver's.
    expect(said).toMatch(/^19\.\d+\.\d+\.\d+\.\d+\nORA-12541/);
  });

  it("names its parts list in a label, and the list is there", async () => {
    const label = '{{index .Config.Labels "org.cyclonedx.sbom"}}';
    const file = await docker("image", "inspect", "--format", label, image);
    const list = JSON.parse(await inImage("cat", file)) as {
      bomFormat: string;
      components: { name: string }[];
    };
    expect(list.bomFormat).toBe("CycloneDX");
    expect(list.components.map(({ name }) => name)).toEqual(expect.arrayContaining(["oracledb", "zod"]));
    expect(list.components.map(({ name }) => name)).not.toContain("vitest");
  });

  it("has a health check that fails where no worker listens", async () => {
    const format = "{{json .Config.Healthcheck.Test}}";
    const [, ...check] = JSON.parse(await docker("image", "inspect", "--format", format, image)) as string[];
    const port = await freePort();
    const run = docker(
      "run",
      ...hardened,
      "--env",
      `PREFECT_WORKER_WEBSERVER_PORT=${port}`,
      "--entrypoint",
      check[0] ?? "",
      image,
      ...check.slice(1),
    );
    await expect(run).rejects.toThrow("exit code 1");
  });

  it("is not built with an archive of Instant Client that has no checksum, or another one", async () => {
    const folder = join(PROJECT, "docker");
    const build = async (sha256: string) => {
      const variables = { INSTANT_CLIENT_VERSION: "19.24.0.0.0", INSTANT_CLIENT_SHA256: sha256 };
      const flags = Object.entries(variables).flatMap(([name, value]) => ["--env", `${name}=${value}`]);
      const archive = "instantclient-basiclite-linux.x64-19.24.0.0.0dbru.zip";
      const script = `mkdir -p /archive && echo other > /archive/${archive} && sh /docker/install-instant-client.sh`;
      const mount = ["--volume", `${folder}:/docker:ro`, "--user", "0", "--rm", "--network=host"];
      return await docker("run", ...mount, ...flags, "--entrypoint", "sh", image, "-c", script);
    };
    await expect(build("")).rejects.toThrow(
      "INSTANT_CLIENT_SHA256 is not set: give the SHA-256 of instantclient-",
    );
    await expect(build("a".repeat(64))).rejects.toThrow(
      /has the SHA-256 [0-9a-f]{64}, and INSTANT_CLIENT_SHA256 is a{64}/,
    );
  });

  it("has a size that is said here", () => {
    process.stderr.write(`[image] ${(images.size / 1e6).toFixed(0)} MB, built in ${images.seconds} s\n`);
    expect(images.size).toBeLessThan(800_000_000);
  });
});
