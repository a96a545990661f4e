import { spawn } from "node:child_process";
import { once } from "node:events";
import { copyFile, mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { runCli } from "../support/cli.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const PROJECT = join(import.meta.dirname, "..", "..");
const LAUNCHER = join(PROJECT, "bin", "prefect-ts");
/** Makes this Node say that it is an old one: the launcher asks nothing else. */
const OLD_NODE =
  "data:text/javascript,Object.defineProperty(process,'versions',{value:{...process.versions,node:'20.1.0'}})";

async function launch(file: string, args: string[], options: { old: boolean }) {
  const child = spawn(process.execPath, [...(options.old ? ["--import", OLD_NODE] : []), file, ...args]);
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (text) => (output += text));
  const [code, signal] = await once(child, "close");
  return { code, signal, output };
}

/** A package of the launcher alone, whose program does what `source` says. */
async function packageWith(source: string): Promise<string> {
  const folder = await temporaryFolder();
  await mkdir(join(folder, "bin"));
  await mkdir(join(folder, "dist/cli"), { recursive: true });
  await writeFile(join(folder, "package.json"), '{"type":"module"}');
  await copyFile(LAUNCHER, join(folder, "bin/prefect-ts"));
  await writeFile(join(folder, "dist/cli/main.js"), source);
  return folder;
}

it("tells the version of package.json, before anything is loaded", async () => {
  const { default: manifest } = await import("../../package.json", { with: { type: "json" } });
  const { code, stdout } = await runCli(["--version"]);
  expect({ code, stdout }).toEqual({ code: 0, stdout: `${manifest.version}\n` });
});

it("runs with the project's own Node when the Node that started it is too old", async () => {
  const { code, output } = await launch(LAUNCHER, ["--version"], { old: true });
  expect(output).toMatch(/^\d+\.\d+\.\d+\n$/);
  expect(code).toBe(0);
});

it("says which Node is needed, and how to get it, when there is no other", async () => {
  const folder = await packageWith("export const main = () => undefined;");
  const { code, output } = await launch(join(folder, "bin/prefect-ts"), ["--version"], { old: true });
  expect(output).toContain("prefect-ts needs Node 24 or newer; this is Node 20.1.0");
  expect(output).toContain("npm install --save-dev node");
  expect(code).toBe(1);
});

it("runs dist/cli/main.js where it is published without sources, also through npm's link", async () => {
  const folder = await packageWith("export const main = (argv) => console.log('built', ...argv);");
  await mkdir(join(folder, ".bin"));
  await symlink("../bin/prefect-ts", join(folder, ".bin/prefect-ts"));
  const { code, output } = await launch(join(folder, ".bin/prefect-ts"), ["a", "b c"], { old: false });
  expect({ code, output }).toEqual({ code: 0, output: "built a b c\n" });
});

it("passes on the exit code of the Node that it started", async () => {
  const { code } = await launch(LAUNCHER, ["no-such-verb"], { old: true });
  expect(code).toBe(2);
});

it("passes on signals to the Node that it started, and dies by the one that it died by", async () => {
  const folder = await packageWith(
    "export const main = () => { console.log('ready'); setInterval(() => 1, 1e6); };",
  );
  await mkdir(join(folder, "node_modules/.bin"), { recursive: true });
  await symlink(process.execPath, join(folder, "node_modules/.bin/node"));
  const child = spawn(process.execPath, ["--import", OLD_NODE, join(folder, "bin/prefect-ts")]);
  await once(child.stdout, "data");
  child.kill("SIGTERM");
  const [code, signal] = await once(child, "close");
  expect({ code, signal }).toEqual({ code: null, signal: "SIGTERM" });
});
