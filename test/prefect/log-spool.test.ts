import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { LogSpool, takeSpooled } from "../../src/prefect/log-spool.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const line = (number: number) => `${number} ${"x".repeat(100_000)}`;

async function bytesIn(folder: string): Promise<number> {
  const sizes = await Promise.all(
    (await readdir(folder)).map(async (name) => (await stat(join(folder, name))).size),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

it("a run that logs steadily and never has all sent takes no more of the disk than what waits and one file", async () => {
  const folder = await temporaryFolder();
  const spool = new LogSpool(join(folder, "spool"));
  const waiting: number[] = [];
  let most = 0;
  for (let number = 0; number < 500; number += 1) {
    waiting.push(spool.keep(line(number)));
    if (waiting.length > 5) spool.sent(waiting.shift() ?? 0);
    if (number % 50 === 0) most = Math.max(most, await bytesIn(folder));
  }
  expect(most).toBeLessThan(20_000_000);
  const left = (await Array.fromAsync(takeSpooled(join(folder, "spool")))).flat();
  expect(left).toEqual([495, 496, 497, 498, 499].map(line));
  expect(await readdir(folder)).toEqual([]);
});

it("what lies in several files is found in its order, from where the server has it", async () => {
  const folder = await temporaryFolder();
  const spool = new LogSpool(join(folder, "spool"));
  const lengths = Array.from({ length: 1_100 }, (_, number) => spool.keep(line(number)));
  spool.sent(lengths.slice(0, 100).reduce((sum, length) => sum + length, 0));
  expect((await readdir(folder)).length).toBeGreaterThan(10);
  const left = (await Array.fromAsync(takeSpooled(join(folder, "spool")))).flat();
  expect(left.map((text) => Number.parseInt(text, 10))).toEqual(
    Array.from({ length: 1_000 }, (_, number) => number + 100),
  );
});

it("a disk that is full costs the rest of the safety, and no more", async () => {
  // Every write to it fails, as on a disk without space.
  const spool = new LogSpool("/dev/full");
  expect(spool.keep("lost")).toBe(0);
  spool.sent(0);
  expect(spool.keep("lost too")).toBe(0);
});
