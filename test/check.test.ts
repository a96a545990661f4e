import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, it } from "vitest";

const check = join(import.meta.dirname, "../dev/check.ts");

it("npm run check finds nothing: types, lint, who imports whom, unused code", {
  timeout: 180_000,
}, async () => {
  const result = await promisify(execFile)(process.execPath, [check]).catch((error) => error);
  expect(`${result.stdout}${result.stderr}`).not.toContain("FAILED");
  expect(result.code ?? 0).toBe(0);
});
