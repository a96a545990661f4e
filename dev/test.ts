// `npm test [-- vitest arguments]`: runs the tests. The last line on standard output is `N passed, N failed`.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { constants, tmpdir } from "node:os";
import { join } from "node:path";
import type { TestSummary } from "../test/support/summary-reporter.ts";

const folder = mkdtempSync(join(tmpdir(), "prefect-ts-summary-"));
const file = join(folder, "summary.json");
const vitest = join(import.meta.dirname, "..", "node_modules", "vitest", "vitest.mjs");

const child = spawn(process.execPath, [vitest, "run", ...process.argv.slice(2)], {
  stdio: "inherit",
  env: { ...process.env, PREFECT_TS_TEST_SUMMARY: file },
});
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => child.kill(signal));
const [code, signal] = (await once(child, "exit")) as [number | null, NodeJS.Signals | null];
process.exitCode = signal === null ? (code ?? 1) : 128 + constants.signals[signal];

if (existsSync(file)) report(JSON.parse(readFileSync(file, "utf8")));
else if (process.exitCode !== 0) report({ passed: 0, failed: 1, skipped: [], flaky: [] });
rmSync(folder, { recursive: true, force: true });

function report(summary: TestSummary): void {
  const lines: string[] = [];
  if (summary.flaky.length > 0) {
    lines.push("Passed only when tried again:");
    for (const { name, reason } of summary.flaky) lines.push(`  ${name}`, reason.replace(/^/gm, "    "));
  }
  if (summary.skipped.length > 0) {
    lines.push("Skipped:", ...summary.skipped.map(({ name, reason }) => `  ${name} (${reason})`));
  }
  // Vitest also fails for what is not a test, e.g. when it finds none.
  const failed = summary.failed === 0 && process.exitCode !== 0 ? 1 : summary.failed;
  const skipped = summary.skipped.length > 0 ? `, ${summary.skipped.length} skipped` : "";
  lines.push(`${summary.passed} passed, ${failed} failed${skipped}`);
  process.stdout.write(`${lines.join("\n")}\n`);
}
