import { createHash } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { runCommand } from "../../stack/command.ts";
import { findInPath } from "../../stack/install/apt.ts";

/** Packs the image that holds a pod's network, without a registry: busybox that waits. Gives the archive's path. */
export async function packPauseImage(folder: string): Promise<string> {
  const root = join(folder, "root");
  await mkdir(join(root, "bin"), { recursive: true });
  await runCommand("cp", ["-L", (await findInPath("busybox")) ?? "busybox", join(root, "bin", "busybox")]);
  await runCommand("tar", ["-C", root, "--owner=0", "--group=0", "-cf", join(folder, "layer.tar"), "."]);
  const layer = createHash("sha256")
    .update(await readFile(join(folder, "layer.tar")))
    .digest("hex");
  const architecture = process.arch === "x64" ? "amd64" : process.arch;
  const config = {
    architecture,
    os: "linux",
    config: { Entrypoint: ["/bin/busybox", "tail", "-f", "/dev/null"] },
    rootfs: { type: "layers", diff_ids: [`sha256:${layer}`] },
    history: [{ created_by: "prefect-ts" }],
  };
  await writeFile(join(folder, "config.json"), JSON.stringify(config));
  const manifest = [{ Config: "config.json", RepoTags: ["localhost/pause:1"], Layers: ["layer.tar"] }];
  await writeFile(join(folder, "manifest.json"), JSON.stringify(manifest));
  const archive = join(folder, "pause.tar");
  await runCommand("tar", ["-C", folder, "-cf", archive, "manifest.json", "config.json", "layer.tar"]);
  return archive;
}
