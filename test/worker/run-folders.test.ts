import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, readdir, readFile, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pino } from "pino";
import { expect, it } from "vitest";
import { CommandProcess } from "../../src/worker/process/command-process.ts";
import { processMark } from "../../src/worker/process/process-mark.ts";
import { keepRunFolder, ownRunFolder, removeLeftRunFolders } from "../../src/worker/run-folders.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { waitFor } from "../support/wait-for.ts";

it("a program of its own owns its folder while it waits to start, and while it runs", async () => {
  const folder = join(await temporaryFolder(), "run");
  const program = new CommandProcess("exec sleep 600", { cwd: ".", env: process.env });
  const mark = () => readFile(join(folder, ".process"), "utf8");
  await keepRunFolder(folder, program, pino({ level: "silent" }));
  expect(await mark()).toBe(processMark(process.pid));
  program.go();
  const own = processMark(program.pid);
  await waitFor(async () => (await mark()) === own, { what: "the folder is the program's" });
  await program.stop(0);
});

it("where runs may be at work, the folder of a process that is gone stays for a while", async () => {
  const runs = await temporaryFolder();
  const child = spawn("sleep", ["60"]);
  for (const name of ["dead", "long-dead"]) await ownRunFolder(join(runs, name), child.pid ?? 0);
  child.kill("SIGKILL");
  await once(child, "exit");
  const old = Date.now() / 1000 - 3 * 3_600;
  await utimes(join(runs, "long-dead"), old, old);
  await removeLeftRunFolders(runs, pino({ level: "silent" }), 2 * 3_600_000);
  expect(await readdir(runs)).toEqual(["dead"]);
});

it("only folders whose process is gone are removed; those of other machines when long unused", async () => {
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
