import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";

interface LockFile {
  packages: Record<string, { optionalDependencies?: Record<string, string>; version?: string }>;
}

test("the lock file names every optional package: npm ci refuses it otherwise", async () => {
  const text = await readFile(join(import.meta.dirname, "..", "..", "package-lock.json"), "utf8");
  const { packages } = JSON.parse(text) as LockFile;
  const missing = Object.entries(packages).flatMap(([path, entry]) =>
    Object.keys(entry.optionalDependencies ?? {}).filter(
      (name) => !(`${path}/node_modules/${name}` in packages) && !(`node_modules/${name}` in packages),
    ),
  );
  // `npm install` leaves out those that the registry in use does not have. Add them by hand: version, cpu, os.
  expect(missing).toEqual([]);
});
