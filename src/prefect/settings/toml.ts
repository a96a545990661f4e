import { createRequire } from "node:module";

/**
 * The library that reads and writes TOML. Loaded where there is such a file: in a pod, and in each process of a run there, is none.
 */
export function toml(): typeof import("smol-toml") {
  return createRequire(import.meta.url)("smol-toml");
}
