import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { expect, test } from "vitest";

const DEMO = join(import.meta.dirname, "..", "..", "..", "dev", "demo.ts");

/** Runs the demo; `onOutput` sees all it has said so far, each time it says more. */
async function demo(args: string[], onOutput?: (said: string, stop: () => void) => void) {
  const child = spawn(process.execPath, [DEMO, ...args], { stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  const collect = (text: Buffer) => {
    said += text.toString("utf8");
    onOutput?.(said, () => child.kill("SIGINT"));
  };
  child.stdout.on("data", collect);
  child.stderr.on("data", collect);
  const [code] = (await once(child, "close")) as [number | null];
  return { code, said };
}

test("npm run demo -- --once runs every deployment of prefect.yaml and ends with 0", {
  timeout: 300_000,
}, async () => {
  const { code, said } = await demo(["--once"]);
  expect(said).toContain("every run completed");
  expect(said).toMatch(/Infrastructure Prod Check .* Completed/);
  expect(said).toMatch(/Sync Specify structure +dry run .* Completed/);
  expect(said).toMatch(/Sync Specify structure +writes .* Completed/);
  expect(said).toMatch(/Migrate Users +dry run .* Completed/);
  expect(said).toMatch(/Migrate Users +writes .* Completed/);
  expect(said).toMatch(
    /migration-reports\/application-users-usd-metadata-brukarar\/\d{8}T\d{6}Z\/report\.json/,
  );
  expect(code).toBe(0);
});

test("Ctrl-C while the services start stops and removes them", { timeout: 120_000 }, async () => {
  let pressed = false;
  const { code, said } = await demo([], (text, stop) => {
    if (pressed || !text.includes("ready after")) return;
    pressed = true;
    stop();
  });
  expect(said).toContain("Stopping ...");
  expect(said).toContain("All is stopped and removed");
  expect(code).toBe(1);
});
