import { chmodSync, existsSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { removeCheckout } from "../../src/git/remove-checkout.ts";
import { failure, temporaryFolder } from "./support/workspace.ts";

describe("removing a checkout", () => {
  test("takes links away and leaves what they point to", async () => {
    const folder = await temporaryFolder();
    mkdirSync(join(folder, "keep"));
    writeFileSync(join(folder, "keep", "file"), "kept");
    const directory = join(folder, "runs", "one");
    mkdirSync(join(directory, "deep"), { recursive: true });
    symlinkSync(join(folder, "keep"), join(directory, "deep", "node_modules"));
    symlinkSync(join(folder, "keep"), join(folder, "runs", "two"));
    await removeCheckout({ directory, within: join(folder, "runs") });
    await removeCheckout({ directory: join(folder, "runs", "two"), within: join(folder, "runs") });
    expect(existsSync(directory)).toBe(false);
    expect(existsSync(join(folder, "runs", "two"))).toBe(false);
    expect(existsSync(join(folder, "keep", "file"))).toBe(true);
  });

  test("copes with unwritable folders and with one that is gone", async () => {
    const folder = await temporaryFolder();
    const directory = join(folder, "one");
    mkdirSync(join(directory, "locked"), { recursive: true });
    writeFileSync(join(directory, "locked", "file"), "x");
    chmodSync(join(directory, "locked"), 0o500);
    await removeCheckout({ directory, within: folder });
    expect(existsSync(directory)).toBe(false);
    await removeCheckout({ directory, within: folder });
    await removeCheckout({ directory: join(folder, "never", "was"), within: folder });
  });

  test("is refused outside of the given folder, also by way of a link", async () => {
    const folder = await temporaryFolder();
    mkdirSync(join(folder, "runs"));
    mkdirSync(join(folder, "other", "precious"), { recursive: true });
    symlinkSync(join(folder, "other"), join(folder, "runs", "way"));
    const within = join(folder, "runs");
    for (const path of ["other", "runs", ".", "runs/way/precious", "runs/../other"]) {
      const error = await failure(removeCheckout({ directory: join(folder, path), within }));
      expect(error.code).toBe("CHECKOUT_REFUSED");
    }
    expect(existsSync(join(folder, "other", "precious"))).toBe(true);
  });
});
