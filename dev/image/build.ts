import { createHash } from "node:crypto";
import { cp, mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runCommand } from "../stack/command.ts";
import { PROJECT } from "../stack/install/cache.ts";
import { installInstantClient } from "../stack/instant-client.ts";
import { baseImage } from "./base.ts";
import type { Engine } from "./engine.ts";

/** What the Dockerfile takes from the project; the same as `.dockerignore` lets through. */
const CONTEXT = [
  "Dockerfile",
  ".dockerignore",
  "package.json",
  "package-lock.json",
  ".npmrc",
  "LICENSE",
].concat([...["prefect.toml", "prefect.yaml", "bin", "src", "docker"]]);
const FOLDER = "instant-client";
const VERSION = "19.3.0.0.0";

/**
 * Builds the project's image under this name. Oracle's archive can't be had everywhere: the one given by build argument
 * is packed from the Instant Client that the local stack uses.
 * @throws Error with the builder's last lines
 */
export async function buildImage(engine: Engine, name: string, say: (text: string) => void): Promise<void> {
  if (engine.own) await baseImage(engine, await baseName(), say);
  const folder = await mkdtemp(join(tmpdir(), "prefect-ts-image-"));
  try {
    for (const path of CONTEXT) await cp(join(PROJECT, path), join(folder, path), { recursive: true });
    const values = {
      INSTANT_CLIENT_VERSION: VERSION,
      INSTANT_CLIENT_FOLDER: FOLDER,
      INSTANT_CLIENT_SHA256: await packInstantClient(folder, say),
    };
    const flags = Object.entries(values).flatMap(([key, value]) => ["--build-arg", `${key}=${value}`]);
    await engine.docker("build", "--network=host", "--tag", name, ...flags, folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The image that the Dockerfile is built on. */
export async function baseName(): Promise<string> {
  const text = await readFile(join(PROJECT, "Dockerfile"), "utf8");
  const name = /^ARG NODE_IMAGE=(\S+)$/m.exec(text)?.[1];
  if (name === undefined) throw new Error("the Dockerfile has no line ARG NODE_IMAGE=…");
  return name;
}

/** Packs it as Oracle does, and gives the archive's SHA-256. */
async function packInstantClient(context: string, say: (text: string) => void): Promise<string> {
  const client = await installInstantClient(say);
  const source = join(context, "unpacked", "instantclient_19_3");
  await mkdir(join(context, FOLDER), { recursive: true });
  await mkdir(source, { recursive: true });
  // Without the links, which a zip made by Python would fill with copies: the loader's cache needs none.
  await runCommand("find", [client.folder, "-maxdepth", "1", "-type", "f", "-exec", "cp", "{}", source, ";"]);
  // The same archive each time, so that the builder knows its layer again.
  await runCommand("find", [source, "-exec", "touch", "--date=2000-01-01", "{}", "+"]);
  const file = join(context, FOLDER, `instantclient-basiclite-linux.x64-${VERSION}dbru.zip`);
  await runCommand("python3", ["-m", "zipfile", "-c", file, source], { env: { ...process.env, TZ: "UTC" } });
  await rm(join(context, "unpacked"), { recursive: true });
  return createHash("sha256")
    .update(await readFile(file))
    .digest("hex");
}
