import { join } from "node:path";
import { defineConfig } from "vitest/config";

// In tests `import "prefect-ts"` means the sources, as it does in a run (see `exports` in package.json).
// Vite's own default has `module` too, which picks sources that Node itself can't load.
const conditions = ["prefect-ts-source", "node"];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: ["test/**/*.test.ts"],
    // Image and cluster: `npm run test:cluster` (vitest.cluster.config.ts).
    exclude: ["test/fixtures/**", "test/cluster/**", "test/image/**", "node_modules/**"],
    globalSetup: ["test/support/stack-host.ts"],
    setupFiles: ["test/support/leaks.ts"],
    reporters: ["default", "./test/support/summary-reporter.ts"],
    execArgv: ["--conditions=prefect-ts-source"],
    // Child processes of one test file must not see those of another: a process each. Two, as machines of CI have.
    pool: "forks",
    maxWorkers: 2,
    testTimeout: 120_000,
    // Real servers on a loaded machine may be slow beyond reason once. What needed it is listed at the end (dev/test.ts).
    retry: 1,
    hookTimeout: 120_000,
    teardownTimeout: 30_000,
    env: {
      // Tests have their own temporary folder; compiled code may outlive it.
      NODE_COMPILE_CACHE: join(import.meta.dirname, ".cache", "compiled"),
    },
  },
});
