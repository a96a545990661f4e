import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { openContext } from "../../../dev/cluster/context.ts";
import { buildClusterImages, type ClusterImages } from "../../../dev/cluster/image/images.ts";
import { startCluster, withoutCluster } from "../../../dev/cluster/index.ts";
import { buildBinary } from "../../../dev/cluster/install/binaries.ts";
import { withoutEngine } from "../../../dev/image/engine.ts";
import { installRelease, type Release } from "./install.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** The installed release and its cluster; or why there is none. */
    release: Release | { why: string };
    /** How to reach the engine that has our image; or why there is none. */
    images: ClusterImages | { why: string };
  }
}

/** The global setup of `npm run test:cluster`: programs, images, cluster and release, once for all its files. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const say = (service: string, text: string) => process.stderr.write(`[cluster] ${service}: ${text}\n`);
  await buildBinary("helm", (text) => say("kubernetes", text));
  const why = withoutCluster() ?? (await withoutEngine());
  if (why !== undefined) {
    project.provide("release", { why });
    project.provide("images", { why });
    return async () => {
      say("kubernetes", `left out: ${why}`);
    };
  }
  const { context, close } = await openContext(say);
  try {
    const archives = join(context.folder, "archives");
    await mkdir(archives);
    const images = await buildClusterImages(context, archives);
    project.provide("images", images);
    const cluster = await startCluster(context);
    for (const file of images.archives) await cluster.importImage(file);
    await rm(archives, { recursive: true });
    const release = await installRelease(context, cluster);
    project.provide("release", release);
    // For whoever looks on: `kubectl --kubeconfig …` while the tests run.
    await writeFile(join(context.folder, "release.json"), JSON.stringify(release));
    say("kubernetes", `the release is installed; kubeconfig: ${cluster.kubeconfig}`);
  } catch (error) {
    await close();
    throw error;
  }
  return close;
}
