import { existsSync } from "node:fs";
import { join } from "node:path";
import { runCommand } from "../command.ts";
import { findInPath } from "./apt.ts";
import { CACHE, cachedFolder } from "./cache.ts";

const VERSION = "v0.0.0-20260212201848-7aac2a2c5b7c";
const FOLDER = "minio";

/** The MinIO program where it has been built, or is in PATH; undefined where it is not. */
export async function findMinio(): Promise<string | undefined> {
  const built = join(CACHE, FOLDER, "minio");
  return existsSync(join(CACHE, FOLDER, ".ready")) ? built : await findInPath("minio");
}

/**
 * Builds MinIO with Go into the cache: minutes, once.
 * @throws Error when Go is not there, or the build fails
 */
export async function buildMinio(say: (text: string) => void): Promise<string> {
  const folder = await cachedFolder(FOLDER, say, async (target) => {
    const go = await findInPath("go");
    if (go === undefined)
      throw new Error("building MinIO needs Go in PATH: install it, or use SeaweedFS as it is");
    say("building MinIO with Go (about 6 minutes on 2 cores, 150 MB) ...");
    const started = performance.now();
    const env = { ...process.env, GOBIN: target, CGO_ENABLED: "0" };
    await runCommand(go, ["install", `github.com/minio/minio@${VERSION}`], { env });
    say(`built MinIO in ${((performance.now() - started) / 60_000).toFixed(1)} minutes`);
  });
  return join(folder, "minio");
}
