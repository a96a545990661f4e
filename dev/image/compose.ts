import { join } from "node:path";
import { findOrInstallGo, localToolchain } from "../cluster/install/go.ts";
import { runCommand } from "../stack/command.ts";
import { cachedFolder, PROJECT } from "../stack/install/cache.ts";

const MODULE = "github.com/compose-spec/compose-go/v2/cmd@v2.4.7";

/**
 * Reads compose.yaml as Docker Compose does, with its schema, its variables and its merges, and gives what it makes of it.
 * By Docker's own command where it has one, else by the library that it is made from.
 * @throws Error with what is wrong in the file
 */
export async function readComposeFile(say: (text: string) => void): Promise<string> {
  const file = join(PROJECT, "compose.yaml");
  const docker = await runCommand("docker", ["compose", "version"]).catch(() => undefined);
  if (docker !== undefined) return await runCommand("docker", ["compose", "--file", file, "config"]);
  const folder = await cachedFolder("compose-go-2.4.7", say, async (target) => {
    const go = await findOrInstallGo(say);
    say("building Docker Compose's reader of files with Go ...");
    const env = { ...localToolchain(), GOBIN: target, CGO_ENABLED: "0" };
    await runCommand(go, ["install", MODULE], { env, cwd: target });
  });
  return await runCommand(join(folder, "cmd"), [file]);
}
