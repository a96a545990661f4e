import { writeFileSync } from "node:fs";
import type { SerializedError } from "vitest";
import type { Reporter, TestModule } from "vitest/node";

/** What `npm test` says at its end. */
export interface TestSummary {
  passed: number;
  failed: number;
  /** Full names of skipped tests, each with the reason it gave. */
  skipped: { name: string; reason: string }[];
  /** Full names of tests that failed at first and passed when tried again, each with why it had failed. */
  flaky: { name: string; reason: string }[];
}

/** Counts the tests of a run and writes the numbers to the file that `PREFECT_TS_TEST_SUMMARY` names. */
export default class SummaryReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly SerializedError[]): void {
    const file = process.env.PREFECT_TS_TEST_SUMMARY;
    if (file === undefined) return;
    // What fails outside any test (a file that can't be loaded, a hook, a stray rejection) is a failure too.
    const summary: TestSummary = { passed: 0, failed: unhandled.length, skipped: [], flaky: [] };
    for (const module of modules) count(module, summary);
    writeFileSync(file, JSON.stringify(summary));
  }
}

function count(module: TestModule, summary: TestSummary): void {
  summary.failed += module.errors().length;
  for (const suite of module.children.allSuites()) summary.failed += suite.errors().length;
  for (const test of module.children.allTests()) {
    const result = test.result();
    const name = `${module.relativeModuleId}: ${test.fullName}`;
    if (test.diagnostic()?.flaky) summary.flaky.push({ name, reason: result.errors?.[0]?.message ?? "?" });
    if (result.state === "passed") summary.passed += 1;
    else if (result.state === "failed") summary.failed += 1;
    else {
      // The note of `context.skip("…")`; a suite that is skipped as a whole says it in its name.
      const note = result.state === "skipped" ? result.note : undefined;
      const reason = note ?? (test.fullName.includes("(") ? "see its name" : "no reason given");
      summary.skipped.push({ name, reason });
    }
  }
}
