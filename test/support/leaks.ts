// Runs around every test file: it fails when the file leaves a child process or a temporary folder behind.
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll } from "vitest";
import { descendants } from "./processes.ts";
import { waitFor } from "./wait-for.ts";

const outer = process.env.TMPDIR;
// Short, because sockets lie below it, whose paths may have 107 bytes.
const own = mkdtempSync(join(tmpdir(), "t-"));
process.env.TMPDIR = own;

const before = new Set<number>();

beforeAll(() => {
  for (const line of descendants(process.pid)) before.add(line.pid);
});

afterAll(async () => {
  const left = () => descendants(process.pid).filter((line) => !before.has(line.pid));
  try {
    const names = () => left().map((line) => `${line.pid} ${line.command}`);
    const none = () => {
      const running = names();
      if (running.length > 0) throw new Error(`still running: ${running.join("; ")}`);
      return true;
    };
    await waitFor(none, { what: "no child process is left by this test file", timeoutMs: 5_000 });
    const folders = readdirSync(own).filter((name) => name.startsWith("prefect-ts-"));
    if (folders.length > 0)
      throw new Error(`this test file has left in its temporary folder: ${folders.join(", ")}`);
  } finally {
    if (outer === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = outer;
    rmSync(own, { recursive: true, force: true });
  }
}, 20_000);
