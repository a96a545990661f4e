import { existsSync } from "node:fs";
import { chmod, readdir } from "node:fs/promises";
import { join } from "node:path";
import { runCommand } from "../../stack/command.ts";
import { findInPath, installWithApt } from "../../stack/install/apt.ts";

/** What `dev/cluster/install/go/go.mod` asks for, and the toolchain that is fetched where Go is missing or older. */
const WANTED_MINOR = 25;
const TOOLCHAIN = "1.26.8";
const ARCHITECTURES: Record<string, string> = { x64: "amd64", arm64: "arm64" };

/**
 * The `go` program, new enough for the cluster's sources. Debian's own Go is too old to compile them, but it can
 * fetch the Go toolchain as a module (with the checksum database's word for it): so any Go leads to the right one.
 * @throws Error when there is no Go and we can't install one, with the command that does
 */
export async function findOrInstallGo(say: (text: string) => void): Promise<string> {
  const found = await findInPath("go");
  if (found !== undefined && (await isNewEnough(found))) return found;
  await installWithApt(
    {
      present: async () => (await findInPath("go")) !== undefined,
      packages: ["golang-go", "ca-certificates"],
      cost: "about 30 s, 250 MB",
      purpose: "building Kubernetes",
    },
    say,
  );
  const any = await findInPath("go");
  if (any === undefined) throw new Error("apt-get installed golang-go, but there is no `go` in PATH");
  return (await isNewEnough(any)) ? any : await toolchainModule(any, say);
}

async function isNewEnough(go: string): Promise<boolean> {
  const version = await runCommand(go, ["env", "GOVERSION"], { env: localToolchain() });
  return Number(/^go1\.(\d+)/.exec(version)?.[1] ?? 0) >= WANTED_MINOR;
}

async function toolchainModule(go: string, say: (text: string) => void): Promise<string> {
  const architecture = ARCHITECTURES[process.arch];
  if (process.platform !== "linux" || architecture === undefined) {
    throw new Error(
      `Go 1.${WANTED_MINOR} or newer is needed here (${process.platform} ${process.arch}): install it`,
    );
  }
  const module = `golang.org/toolchain@v0.0.1-go${TOOLCHAIN}.linux-${architecture}`;
  say(`fetching Go ${TOOLCHAIN} as a module (80 MB) ...`);
  const answer = await runCommand(go, ["mod", "download", "-json", module], {
    env: localToolchain(),
    cwd: "/",
  });
  const { Dir: folder } = JSON.parse(answer) as { Dir?: string };
  const program = join(folder ?? "", "bin", "go");
  if (folder === undefined || !existsSync(program))
    throw new Error(`${go} mod download gave no toolchain: ${answer}`);
  await makeRunnable(folder);
  return program;
}

/** A module's files are never runnable and its folders can't be written to: the programs among them get their bit. */
async function makeRunnable(folder: string): Promise<void> {
  const tools = join(folder, "pkg", "tool");
  const folders = [join(folder, "bin"), ...(await readdir(tools)).map((name) => join(tools, name))];
  for (const place of folders) {
    for (const name of await readdir(place)) await chmod(join(place, name), 0o755);
  }
}

/** This very Go, never one that it would fetch by itself. */
export function localToolchain(): NodeJS.ProcessEnv {
  return { ...process.env, GOTOOLCHAIN: "local" };
}
