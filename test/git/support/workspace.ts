import { mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { BareRepository } from "../../../dev/stack/git/repository.ts";
import { startGitServer } from "../../../dev/stack/git/server.ts";
import { type Checkout, type CheckoutOptions, createCheckout } from "../../../src/git/checkout.ts";
import type { RetryPolicy } from "../../../src/git/with-retries.ts";

/** Fails at the first error, so that tests of failures do not wait. */
export const NO_RETRY: RetryPolicy = { attempts: 1, delayMs: () => 0 };

/** A temporary folder that is gone when the test ends. */
export async function temporaryFolder(): Promise<string> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), "prefect-ts-git-")));
  onTestFinished(() => rm(folder, { recursive: true, force: true, maxRetries: 3 }));
  return folder;
}

/** A storage folder, a place for checkouts, and bare repositories, all in one temporary folder. */
export async function workspace() {
  const folder = await temporaryFolder();
  const lines: string[] = [];
  let count = 0;
  return {
    folder,
    storage: join(folder, "storage"),
    /** Everything logged. */
    lines,
    log: (level: string, message: string) => {
      lines.push(`${level} ${message}`);
    },
    /** Makes a bare repository, and commits files to its branch `dev`. */
    async repository(name: string, files: Record<string, string> = { "flow.ts": "1" }) {
      const repository = await BareRepository.create(join(folder, "served", `${name}.git`));
      await repository.push(files);
      return repository;
    },
    /** Serves the repositories over HTTP. */
    async serve(credentials?: { user?: string; password: string }) {
      const server = await startGitServer({
        folder: join(folder, "served"),
        ...(credentials && { credentials }),
      });
      onTestFinished(() => server.close());
      return server;
    },
    /** A checkout into a new folder, branch `dev` unless another commit is asked for. */
    checkout(options: Partial<CheckoutOptions> & { repository: string }): Promise<Checkout> {
      count += 1;
      const pinned = options.commitSha === undefined ? { branch: "dev" } : {};
      return createCheckout({
        directory: join(folder, "runs", String(count)),
        storage: join(folder, "storage"),
        env: process.env,
        log: this.log,
        retry: NO_RETRY,
        ...pinned,
        ...options,
      });
    },
  };
}

/** The error of a promise that must fail. */
export async function failure(
  promise: Promise<unknown>,
): Promise<Error & { code?: string; retryable?: boolean }> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof Error) return error;
  throw new Error("it did not fail");
}
