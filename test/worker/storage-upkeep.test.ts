import { access, mkdir, readdir, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pino } from "pino";
import { expect, it } from "vitest";
import { tidy } from "../../src/worker/storage-upkeep.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

it("what was long unused is removed by a process of its own, and the runs' folders are looked at", async () => {
  const storage = await temporaryFolder();
  const lines: string[] = [];
  const old = Date.now() / 1000 - 40 * 86_400;
  for (const folder of ["mirrors/old.git", "runs/elsewhere"]) {
    await mkdir(join(storage, folder), { recursive: true });
    if (folder.startsWith("runs"))
      await writeFile(join(storage, folder, ".process"), "another-boot/pid:[1]/7/9");
    await utimes(join(storage, folder), old, old);
  }
  await tidy(storage, pino({}, { write: (line) => lines.push(line) }));
  expect(await readdir(join(storage, "runs"))).toEqual([]);
  await expect(access(join(storage, "mirrors/old.git"))).rejects.toThrow("ENOENT");
  expect(lines.join("")).toContain("elsewhere, which a worker had left behind");
});
