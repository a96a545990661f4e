import { randomUUID } from "node:crypto";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, isAbsolute, resolve, sep } from "node:path";
import type { ResultStorage } from "./storage.ts";

/**
 * Keeps results as files of a folder, which is made when it is not there. A file is there whole or not at all.
 *
 *     flow({ name: "Load", persistResult: true, resultStorage: localFolder("/var/lib/results") }, …)
 *
 * @throws TypeError when the path is not absolute
 */
export function localFolder(path: string): ResultStorage {
  if (!isAbsolute(path))
    throw new TypeError(
      `The folder of results is "${path}": give an absolute path. A relative one would lie in the checkout of the run, ` +
        "which is removed with it.",
    );
  const folder = resolve(path);
  const place = (key: string) => {
    const file = resolve(folder, key);
    if (!file.startsWith(folder + sep))
      throw new TypeError(`The result key "${key}" leads out of ${folder}.`);
    return file;
  };
  return {
    address: place,
    read: async (key) => {
      try {
        return await readFile(place(key), "utf8");
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
        throw error;
      }
    },
    write: async (key, text) => {
      const file = place(key);
      const part = `${file}.${randomUUID().slice(0, 8)}.part`;
      await mkdir(dirname(file), { recursive: true });
      try {
        await writeFile(part, text);
        await rename(part, file);
      } catch (error) {
        await rm(part, { force: true });
        throw error;
      }
    },
  };
}
