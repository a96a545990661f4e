import { existsSync } from "node:fs";
import { lstat, readdir, readFile, rm, symlink } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { runCommand } from "./command.ts";
import { installWithApt } from "./install/apt.ts";
import { pythonEnvironment } from "./install/python.ts";

/** Oracle Instant Client 19.3, for the thick mode of oracledb. */
export interface InstantClient {
  /** The folder of its libraries. */
  folder: string;
  /** What a process needs before it starts: the libraries find each other by LD_LIBRARY_PATH only. */
  env: { ORACLE_CLIENT_LIB_DIR: string; LD_LIBRARY_PATH: string };
}

const SYSTEM_LIBRARIES = ["/usr/lib/x86_64-linux-gnu", "/lib/x86_64-linux-gnu", "/usr/lib64", "/usr/lib"];

/**
 * Installs Instant Client into the cache, and the system library (libaio) that it needs.
 * @throws Error on another system than Linux on x86_64, for which there is no such package
 */
export async function installInstantClient(say: (text: string) => void): Promise<InstantClient> {
  if (process.platform !== "linux" || process.arch !== "x64") {
    const here = `${process.platform} ${process.arch}`;
    throw new Error(
      `Instant Client can be installed here only on Linux on x86_64, and this is ${here}: use thin mode`,
    );
  }
  await installLibaio(say);
  const requirements = new URL("instant-client-requirements.txt", import.meta.url);
  const cost = "75 MB, about 15 s";
  const environment = await pythonEnvironment(
    { name: "instant-client", requirements, cost, finish: repairLinks },
    say,
  );
  const folder = await librariesIn(environment);
  const path = [folder, ...(process.env.LD_LIBRARY_PATH ?? "").split(delimiter)].filter(
    (name) => name !== "",
  );
  return { folder, env: { ORACLE_CLIENT_LIB_DIR: folder, LD_LIBRARY_PATH: path.join(delimiter) } };
}

/** Debian 13 has it under another package and file name than Debian 12. */
async function installLibaio(say: (text: string) => void): Promise<void> {
  const present = async () => findLibaio() !== undefined;
  if (await present()) return;
  const known = await runCommand("apt-cache", ["show", "libaio1t64"]).then(
    () => true,
    () => false,
  );
  const packages = [known ? "libaio1t64" : "libaio1"];
  await installWithApt({ present, packages, cost: "a few seconds", purpose: "Instant Client" }, say);
}

function findLibaio(): string | undefined {
  const files = SYSTEM_LIBRARIES.flatMap((folder) =>
    ["libaio.so.1", "libaio.so.1t64"].map((name) => join(folder, name)),
  );
  return files.find((file) => existsSync(file));
}

async function librariesIn(environment: string): Promise<string> {
  const [python = ""] = await readdir(join(environment, "lib"));
  return join(environment, "lib", python, "site-packages", "pyoracleclient", "instantclient");
}

/** A wheel can't hold links: they came as small text files that name their target. */
async function repairLinks(environment: string): Promise<void> {
  const folder = await librariesIn(environment);
  for (const name of await readdir(folder)) {
    const file = join(folder, name);
    if (!name.startsWith("lib") || (await lstat(file)).size > 100) continue;
    const target = (await readFile(file, "utf8")).trim();
    await rm(file);
    await symlink(target, file);
  }
  const libaio = findLibaio();
  if (libaio?.endsWith("t64")) await symlink(libaio, join(folder, "libaio.so.1"));
}
