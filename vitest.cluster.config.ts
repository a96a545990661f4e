import { defineConfig } from "vitest/config";

// `npm run test:cluster`: image, chart, and a release in a real cluster. Minutes, so not a part of `npm test`.
export default defineConfig({
  test: {
    include: ["test/{charts,image,cluster}/**/*.test.ts"],
    globalSetup: ["test/cluster/support/setup.ts"],
    setupFiles: ["test/support/leaks.ts"],
    reporters: ["default", "./test/support/summary-reporter.ts"],
    pool: "forks",
    // One release for all: what one file changes, the next must not meet half done.
    fileParallelism: false,
    // As for `npm test`: what needed the second try is listed at the end.
    retry: 1,
    testTimeout: 600_000,
    hookTimeout: 600_000,
    teardownTimeout: 120_000,
  },
});
