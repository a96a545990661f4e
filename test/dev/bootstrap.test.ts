import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { temporaryFolder } from "../support/temporary-folder.ts";

const BOOTSTRAP = join(import.meta.dirname, "..", "..", "dev", "bootstrap.mjs");

/** Runs a program through the bootstrap; `whenReady` is called when it has said something. */
async function bootstrap(program: string, args: string[] = [], whenReady?: (pid: number) => void) {
  const script = join(await temporaryFolder(), "program.ts");
  await writeFile(script, program);
  const child = spawn(process.execPath, [BOOTSTRAP, script, ...args], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let said = "";
  child.stdout.on("data", (text: Buffer) => {
    if (said === "" && child.pid !== undefined) whenReady?.(child.pid);
    said += text.toString("utf8");
  });
  const [code] = (await once(child, "close")) as [number | null];
  return { code, said };
}

test("a TypeScript program gets its arguments, the project's own Node, and its tools first in PATH", async () => {
  const program = `
    const words: string[] = process.argv.slice(2);
    const major: number = Number.parseInt(process.versions.node, 10);
    console.log(JSON.stringify({ words, new: major >= 24, tools: process.env.PATH?.split(":")[0] }));`;
  const { code, said } = await bootstrap(program, ["--once", "two words"]);
  expect(code).toBe(0);
  expect(JSON.parse(said)).toEqual({
    words: ["--once", "two words"],
    new: true,
    tools: expect.stringMatching(/node_modules\/\.bin$/),
  });
});

test("its exit code is the program's", async () => {
  expect((await bootstrap("process.exit(7)")).code).toBe(7);
});

test("a signal is passed on, and the program decides what it means", async () => {
  const program = `
    process.on("SIGTERM", () => { console.log("told to stop"); process.exit(3); });
    console.log("ready"); setInterval(() => undefined, 1000);`;
  const { code, said } = await bootstrap(program, [], (pid) => process.kill(pid, "SIGTERM"));
  expect(said).toBe("ready\ntold to stop\n");
  expect(code).toBe(3);
});

test("a program that a signal ends gives the shell's code for it", async () => {
  const program = `console.log("ready"); setInterval(() => undefined, 1000);`;
  const { code } = await bootstrap(program, [], (pid) => process.kill(pid, "SIGTERM"));
  expect(code).toBe(143);
});
