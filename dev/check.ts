// `npm run check`: types, lint, who may import whom, what nobody uses. One line a check; exits with 1 if any fails.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { styleText } from "node:util";
import { PROJECT } from "./stack/install/cache.ts";

interface Check {
  readonly name: string;
  /** A program of node_modules/.bin and its arguments. */
  readonly command: readonly [string, ...string[]];
}

const folders = ["src", "dev", "test", "bench"].filter((folder) => existsSync(join(PROJECT, folder)));
const checks: readonly Check[] = [
  { name: "types", command: ["tsc", "--noEmit", "-p", "."] },
  { name: "lint and format", command: ["biome", "check", "--error-on-warnings", "."] },
  { name: "who imports whom", command: ["depcruise", "--config", ".dependency-cruiser.mjs", ...folders] },
  { name: "unused code", command: ["knip", "--no-progress", "--no-config-hints"] },
];

/** Runs one check to its end and prints its line; when it failed, also what it said. */
async function run({ name, command: [program, ...args] }: Check): Promise<boolean> {
  const started = performance.now();
  const child = spawn(join(PROJECT, "node_modules", ".bin", program), args, {
    cwd: PROJECT,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  const collect = (text: Buffer) => {
    said += text.toString("utf8");
  };
  child.stdout.on("data", collect);
  child.stderr.on("data", collect);
  const passed = await new Promise<boolean>((done) => {
    child.once("error", (error) => {
      said += error.message;
      done(false);
    });
    child.once("close", (code) => done(code === 0));
  });
  const seconds = ((performance.now() - started) / 1000).toFixed(1).padStart(5);
  const mark = passed ? styleText("green", "ok    ") : styleText("red", "FAILED");
  process.stdout.write(`${mark} ${name.padEnd(17)} ${seconds} s   ${[program, ...args].join(" ")}\n`);
  if (!passed) process.stdout.write(`${said.trimEnd()}\n\n`);
  return passed;
}

// All at once: each is one process, and together they take hardly longer than the longest.
const results = await Promise.all(checks.map(run));
process.exitCode = results.every(Boolean) ? 0 : 1;
