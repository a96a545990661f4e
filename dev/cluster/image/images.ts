import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { baseImage } from "../../image/base.ts";
import { baseName, buildImage } from "../../image/build.ts";
import { startEngine } from "../../image/engine.ts";
import type { StackContext } from "../../stack/context.ts";
import { PROJECT } from "../../stack/install/cache.ts";

/** What the chart's worker runs in the test cluster, by two tags, so that a rollout has somewhere to go. */
export const WORKER_IMAGE = "localhost/prefect-ts";
/** The chart's own default. */
export const SERVER_IMAGE = "prefecthq/prefect:3.8.8-python3.12";

/** The built images: how to reach the engine that has them, and their archives for a node. */
export interface ClusterImages {
  /** Variables for the `docker` command. */
  readonly env: Readonly<Record<string, string>>;
  readonly archives: readonly string[];
  /** Size of the project's image in bytes, and the seconds that its build took. */
  readonly size: number;
  readonly seconds: number;
}

/**
 * Builds the project's image (tags 1 and 2) and the Prefect server's, and writes both as archives for the node.
 * The archives lie in `folder`.
 */
export async function buildClusterImages(context: StackContext, folder: string): Promise<ClusterImages> {
  const say = (text: string) => context.progress("images", text);
  const engine = await startEngine(context);
  const started = performance.now();
  await buildImage(engine, `${WORKER_IMAGE}:1`, say);
  await engine.docker("tag", `${WORKER_IMAGE}:1`, `${WORKER_IMAGE}:2`);
  const seconds = Math.round((performance.now() - started) / 1000);
  const size = Number(await engine.docker("image", "inspect", "--format", "{{.Size}}", `${WORKER_IMAGE}:1`));
  say(`built ${WORKER_IMAGE} in ${seconds} s, ${(size / 1e6).toFixed(0)} MB`);

  const build = await mkdtemp(join(tmpdir(), "prefect-ts-image-"));
  try {
    await baseImage(engine, await baseName(), say);
    await cp(fileURLToPath(new URL("prefect.Dockerfile", import.meta.url)), join(build, "Dockerfile"));
    const requirements = join(PROJECT, "dev", "stack", "prefect-requirements.txt");
    await cp(requirements, join(build, "prefect-requirements.txt"));
    const base = ["--build-arg", `BASE=${await baseName()}`];
    await engine.docker("build", "--network=host", "--tag", SERVER_IMAGE, ...base, build);
  } finally {
    await rm(build, { recursive: true, force: true });
  }
  const images = { worker: [`${WORKER_IMAGE}:1`, `${WORKER_IMAGE}:2`], server: [SERVER_IMAGE] };
  const files: string[] = [];
  for (const [name, tags] of Object.entries(images)) {
    const file = join(folder, `${name}.tar`);
    await engine.docker("save", "--output", file, ...tags);
    files.push(file);
  }
  return { env: engine.env, archives: files, size, seconds };
}
