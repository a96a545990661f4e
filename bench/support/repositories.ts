import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { BareRepository } from "../../dev/stack/git/repository.ts";
import { PROJECT } from "../../dev/stack/install/cache.ts";

/** Addresses of the bare repositories that runs clone. */
export interface Repositories {
  /** The flows alone, in both languages. */
  readonly flows: string;
  /** The same with this project's package.json and lock file, so that libraries can be imported. */
  readonly withDependencies: string;
}

/** Makes both repositories in a folder, with branch `dev`. */
export async function makeRepositories(folder: string): Promise<Repositories> {
  const flows: Record<string, Buffer> = {};
  for (const name of await readdir(join(PROJECT, "bench", "flows"))) {
    if (/\.(ts|py)$/.test(name))
      flows[`bench/flows/${name}`] = await readFile(join(PROJECT, "bench", "flows", name));
  }
  const packages: Record<string, Buffer> = {};
  for (const name of ["package.json", "package-lock.json"])
    packages[name] = await readFile(join(PROJECT, name));
  const make = async (name: string, files: Record<string, Buffer>) => {
    const repository = await BareRepository.create(join(folder, `${name}.git`));
    await repository.push(files);
    return pathToFileURL(repository.folder).href;
  };
  return {
    flows: await make("flows", flows),
    withDependencies: await make("with-dependencies", { ...flows, ...packages }),
  };
}
