// Runs one of this project's TypeScript programs from a fresh clone: `node dev/bootstrap.mjs SCRIPT.ts [args]`.
// Plain JavaScript for Node >= 20 and without dependencies, because nothing is installed yet when it starts.
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { constants } from "node:os";
import { delimiter, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const MODULES = join(ROOT, "node_modules");
const MARKER = join(MODULES, ".prefect-ts-lock-hash");
const OWN_NODE = join(MODULES, ".bin", "node");
const LOCK = join(ROOT, ".cache", "npm-ci.lock");
const OLDEST_NODE = 24;

const say = (text) => process.stderr.write(`${text}\n`);
const seconds = (since) => `${((performance.now() - since) / 1000).toFixed(1)} s`;

/** The file's text, or undefined where there is no such file. */
function textOf(file) {
  return existsSync(file) ? readFileSync(file, "utf8") : undefined;
}

/** True where npm's own record of what it installed names the same packages as the lock file: an install by hand. */
function sameAsInstalled(lockText) {
  const hidden = textOf(join(MODULES, ".package-lock.json"));
  if (hidden === undefined) return false;
  const installed = JSON.parse(hidden).packages;
  return Object.entries(JSON.parse(lockText).packages).every(
    ([path, entry]) =>
      path === "" || entry.optional || entry.peer || installed[path]?.integrity === entry.integrity,
  );
}

/** Waits until no other start is installing, then holds the lock; gives the function that lets go of it. */
async function takeInstallLock() {
  mkdirSync(dirname(LOCK), { recursive: true });
  for (let told = false; ; told = true) {
    try {
      const file = openSync(LOCK, "wx");
      writeFileSync(file, String(process.pid));
      closeSync(file);
      return () => rmSync(LOCK, { force: true });
    } catch (error) {
      if (error.code !== "EEXIST") throw error;
      const holder = Number(textOf(LOCK) || Number.NaN);
      if (Number.isInteger(holder) && !isAlive(holder)) rmSync(LOCK, { force: true });
      else if (!told)
        say(`Another start (process ${holder || "unknown"}) is installing packages; waiting for it.`);
      await new Promise((done) => setTimeout(done, 250));
    }
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
}

/** Runs a program to its end with our terminal; gives `{ code, signal }`, and passes our signals on to it. */
function run(command, args, options) {
  return new Promise((done, fail) => {
    const child = spawn(command, args, { stdio: "inherit", ...options });
    const signals = ["SIGINT", "SIGTERM", "SIGHUP"];
    const passOn = (signal) => child.kill(signal);
    for (const signal of signals) process.on(signal, passOn);
    child.once("error", fail);
    child.once("exit", (code, signal) => {
      for (const name of signals) process.off(name, passOn);
      done({ code, signal });
    });
  });
}

/** Makes node_modules what package-lock.json says, by `npm ci`, unless it is so already. */
async function installPackages() {
  const lockText = readFileSync(join(ROOT, "package-lock.json"), "utf8");
  const hash = createHash("sha256").update(`${process.platform}-${process.arch}\n${lockText}`).digest("hex");
  if (textOf(MARKER) === hash) return;
  const unlock = await takeInstallLock();
  try {
    if (textOf(MARKER) === hash) return;
    if (!sameAsInstalled(lockText)) {
      const count = Object.keys(JSON.parse(lockText).packages).length - 1;
      const why = existsSync(MODULES) ? "package-lock.json has changed" : "first start here";
      say(`Installing up to ${count} npm packages (${why}; about half a minute) ...`);
      const started = performance.now();
      const args = ["ci", "--include=dev", "--no-audit", "--no-fund", "--loglevel=error"];
      const npmCli = process.env.npm_execpath?.endsWith("npm-cli.js") ? process.env.npm_execpath : undefined;
      const [command, first] = npmCli ? [process.execPath, [npmCli]] : ["npm", []];
      const { code, signal } = await run(command, [...first, ...args], {
        cwd: ROOT,
        stdio: ["ignore", 2, 2],
      });
      if (code !== 0) {
        throw new Error(
          `npm ci ended with ${signal ?? `exit code ${code}`}: see its lines above. Run it by hand: npm ci`,
        );
      }
      say(`Installed the npm packages in ${seconds(started)}.`);
    }
    writeFileSync(MARKER, hash);
  } finally {
    unlock();
  }
}

/** The Node that runs our TypeScript: the one from the lock file, else this one where it is new enough. */
function chooseNode() {
  if (existsSync(OWN_NODE)) return OWN_NODE;
  if (Number.parseInt(process.versions.node, 10) >= OLDEST_NODE) return process.execPath;
  throw new Error(
    `Node ${OLDEST_NODE} or newer is needed, this is ${process.versions.node}, and ${OWN_NODE} is not there ` +
      "(npm's package `node` brings it). Install a newer Node, or remove node_modules and start again.",
  );
}

async function main() {
  const [script, ...args] = process.argv.slice(2);
  if (script === undefined) throw new Error("no script given: node dev/bootstrap.mjs SCRIPT.ts [args]");
  await installPackages();
  const path = [join(MODULES, ".bin"), process.env.PATH ?? ""].join(delimiter);
  const { code, signal } = await run(chooseNode(), [resolve(script), ...args], {
    env: { ...process.env, PATH: path },
  });
  process.exitCode = signal === null ? (code ?? 1) : 128 + constants.signals[signal];
}

main().catch((error) => {
  say(`prefect-ts: ${error.message}`);
  process.exitCode = 1;
});
