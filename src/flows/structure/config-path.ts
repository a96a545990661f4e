import { readFile, realpath } from "node:fs/promises";
import { isAbsolute, relative, resolve, sep } from "node:path";
import { StructureConfigError } from "./config-error.ts";

/** A file of the checkout, as text. */
export interface ConfigFile {
  /** Relative to the checkout. */
  path: string;
  text: string;
}

/**
 * Reads a file of the checkout, which is the folder that a run starts in.
 * @throws StructureConfigError when the path leaves the checkout (by a symbolic link, too) or there is no such file
 */
export async function readConfigFile(path: string, checkout = process.cwd()): Promise<ConfigFile> {
  const wanted = resolve(checkout, path);
  const within = await inside(checkout, wanted, path);
  const real = await realpath(wanted).catch((cause: unknown) => {
    throw new StructureConfigError(
      `config_path is "${path}", but the checkout has no such file. Commit it and push it to the branch that runs, or correct the path.`,
      { cause },
    );
  });
  await inside(await realpath(checkout), real, path);
  try {
    return { path: within, text: await readFile(real, "utf8") };
  } catch (cause) {
    throw new StructureConfigError(`config_path is "${path}", which cannot be read as a file.`, { cause });
  }
}

async function inside(folder: string, file: string, asGiven: string): Promise<string> {
  const path = relative(folder, file);
  if (path !== "" && path !== ".." && !path.startsWith(`..${sep}`) && !isAbsolute(path)) return path;
  throw new StructureConfigError(
    `config_path is "${asGiven}", which is no file within the checkout. ` +
      "Give a path relative to it, such as config/specify_structure/unimus_natur.yaml.",
  );
}
