import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { runCommand } from "../command.ts";
import { findInPath, installWithApt } from "./apt.ts";
import { cachedFolder, contentName } from "./cache.ts";

interface PythonEnvironment {
  /** The folder's name in the cache, e.g. `prefect`. */
  readonly name: string;
  /** A requirements file with hashes for every package, and all their dependencies named. */
  readonly requirements: URL;
  /** For the progress line, e.g. `60 MB, about half a minute`. */
  readonly cost: string;
  /** What is left to do in the environment's folder once the packages are in. */
  readonly finish?: (folder: string) => Promise<void>;
}

/** What the locked requirements are made for. */
const MINORS = [11, 12, 13, 10];

/**
 * A project-local virtual environment with exactly the packages of a hash-locked requirements file.
 * @returns its folder: `bin/python` in it runs what was installed
 * @throws Error when there is no Python 3.10 to 3.13, or pip refuses (another hash, no network)
 */
export async function pythonEnvironment(
  wanted: PythonEnvironment,
  say: (text: string) => void,
): Promise<string> {
  const requirements = await readFile(wanted.requirements, "utf8");
  const name = `${wanted.name}-${contentName(requirements)}`;
  return await cachedFolder(name, say, async (folder) => {
    const python = await pythonWithVenv(say);
    say(`installing ${wanted.name} from PyPI (${wanted.cost}) ...`);
    const started = performance.now();
    await runCommand(python, ["-m", "venv", folder]);
    // --no-deps: the file names every package, and nothing outside it may come in.
    const pip = [
      "-m",
      "pip",
      "install",
      "--quiet",
      "--disable-pip-version-check",
      "--require-hashes",
      "--no-deps",
    ];
    await runCommand(join(folder, "bin", "python"), [...pip, "--requirement", wanted.requirements.pathname]);
    await wanted.finish?.(folder);
    say(`installed ${wanted.name} in ${((performance.now() - started) / 1000).toFixed(0)} s`);
  });
}

async function pythonWithVenv(say: (text: string) => void): Promise<string> {
  const usable = async () => {
    for (const name of [...MINORS.map((minor) => `python3.${minor}`), "python3"]) {
      const python = await findInPath(name);
      if (python !== undefined && (await isUsable(python))) return python;
    }
    return undefined;
  };
  const found = await usable();
  if (found !== undefined) return found;
  await installWithApt(
    {
      present: async () => (await usable()) !== undefined,
      packages: ["python3", "python3-venv"],
      cost: "about 15 s, 30 MB",
      purpose: "a Python 3.10 to 3.13 with its venv module",
    },
    say,
  );
  const installed = await usable();
  if (installed === undefined)
    throw new Error("no Python 3.10 to 3.13 with the venv module in PATH: install one");
  return installed;
}

async function isUsable(python: string): Promise<boolean> {
  const test = `import sys, venv, ensurepip; sys.exit(not (3, 10) <= sys.version_info[:2] <= (3, 13))`;
  return await runCommand(python, ["-c", test]).then(
    () => true,
    () => false,
  );
}
