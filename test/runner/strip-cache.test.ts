import { execFile } from "node:child_process";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, expect, it } from "vitest";
import { StripCache } from "../../src/runner/strip-cache.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "prefect-ts-strip-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

it("strips a module once for all folders that hold the same text", async () => {
  const cache = new StripCache(join(folder, "kept"));
  const text = "export const n: number = 1;\n";
  await writeFile(join(folder, "a.ts"), text);
  await writeFile(join(folder, "b.ts"), text);
  expect(cache.strip(join(folder, "a.ts"))).toBe("export const n         = 1;\n");
  const kept = await readdir(join(folder, "kept"));
  expect(kept).toHaveLength(1);
  // What is kept is what is given: shown by putting something else there.
  await writeFile(join(folder, "kept", String(kept[0])), "export const n = 2;");
  expect(cache.strip(join(folder, "b.ts"))).toBe("export const n = 2;");
});

it("gives other text for a changed module", async () => {
  const cache = new StripCache(folder);
  await writeFile(join(folder, "a.ts"), "export type A = 1");
  cache.strip(join(folder, "a.ts"));
  await writeFile(join(folder, "a.ts"), "export const two = 2 as const");
  expect(cache.strip(join(folder, "a.ts"))).toContain("const two = 2");
});

it("does without a folder that cannot be written", async () => {
  await writeFile(join(folder, "file"), "");
  await writeFile(join(folder, "a.ts"), "let a: string;");
  expect(new StripCache(join(folder, "file", "below")).strip(join(folder, "a.ts"))).toBe("let a        ;");
});

it("says nothing of how it strips", async () => {
  await writeFile(join(folder, "c.ts"), "let c: number;");
  const code = `import { StripCache } from ${JSON.stringify(new URL("../../src/runner/strip-cache.ts", import.meta.url).href)};
    new StripCache(process.argv[1]).strip(process.argv[2]);`;
  const args = ["--input-type=module", "--eval", code, folder, join(folder, "c.ts")];
  expect(await promisify(execFile)(process.execPath, args)).toEqual({ stdout: "", stderr: "" });
});
