import { readFileSync } from "node:fs";

/** The version of this package, from its `package.json`; the path is the same from `src/cli` and `dist/cli`. */
export function readVersion(): string {
  const file = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
  return (JSON.parse(file) as { version: string }).version;
}
