import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, readdir, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pino } from "pino";
import { expect, it } from "vitest";
import { ownRunFolder, removeLeftRunFolders } from "../../src/worker/run-folders.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

it("only folders whose process is gone are removed; those of other machines after a day", async () => {
  const runs = await temporaryFolder();
  const child = spawn("sleep", ["60"]);
  const pid = child.pid ?? 0;
  await ownRunFolder(join(runs, "living"), process.pid);
  await ownRunFolder(join(runs, "dead"), pid);
  child.kill("SIGKILL");
  await once(child, "exit");
  for (const name of ["elsewhere", "elsewhere-old"]) {
    await mkdir(join(runs, name));
    await writeFile(join(runs, name, ".process"), "another-boot/pid:[1]/7/9");
  }
  const old = Date.now() / 1000 - 2 * 86_400;
  await utimes(join(runs, "elsewhere-old"), old, old);
  await removeLeftRunFolders(runs, pino({ level: "silent" }));
  expect((await readdir(runs)).toSorted()).toEqual(["elsewhere", "living"]);
});
