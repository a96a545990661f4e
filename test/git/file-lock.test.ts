import { spawn } from "node:child_process";
import { once } from "node:events";
import { statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { withFileLock } from "../../src/git/file-lock.ts";
import { failure, temporaryFolder } from "./support/workspace.ts";

const SCRIPT = join(import.meta.dirname, "support/lock-process.ts");

async function lockProcess(path: string) {
  const child = spawn(process.execPath, [SCRIPT, path], { stdio: ["ignore", "pipe", "inherit"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  await once(child.stdout, "data");
  return child;
}

describe("a file lock", () => {
  test("lets one in at a time", async () => {
    const path = join(await temporaryFolder(), "some", "lock");
    let inside = 0;
    const work = async () => {
      inside += 1;
      expect(inside).toBe(1);
      await new Promise((resolve) => setImmediate(resolve));
      inside -= 1;
    };
    await Promise.all(Array.from({ length: 10 }, () => withFileLock(path, work)));
    expect(statSync(path).size, "nothing is ever written").toBe(0);
  });

  test("is free again the moment its holder is killed", async () => {
    const path = join(await temporaryFolder(), "lock");
    const holder = await lockProcess(path);
    let entered = false;
    const waiting = withFileLock(path, async () => {
      entered = true;
      return "mine";
    });
    expect(entered).toBe(false);
    holder.kill("SIGKILL");
    expect(await waiting).toBe("mine");
  });

  test("is free again when the work fails", async () => {
    const path = join(await temporaryFolder(), "lock");
    const error = await failure(withFileLock(path, () => Promise.reject(new Error("work failed"))));
    expect(error.message).toBe("work failed");
    expect(await withFileLock(path, async () => "next")).toBe("next");
  });

  test("is not waited for when it is cancelled, or when another's result will do", async () => {
    const path = join(await temporaryFolder(), "lock");
    await lockProcess(path);
    const stop = new AbortController();
    const waiting = failure(withFileLock(path, async () => "never", { signal: stop.signal }));
    stop.abort();
    expect((await waiting).code).toBe("GIT_CANCELLED");
    let looks = 0;
    const shortcut = async () => {
      looks += 1;
      return looks > 3 ? "theirs" : undefined;
    };
    expect(await withFileLock(path, async () => "never", { shortcut })).toBe("theirs");
  });
});
