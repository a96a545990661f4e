import { mkdir, readdir, symlink, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeEach, expect, it } from "vitest";
import { markUsed, tidyStorage } from "../../src/git/storage-upkeep.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const DAY = 24 * 60 * 60;
let storage: string;

beforeEach(async () => {
  storage = await temporaryFolder();
});

async function entry(kind: "mirrors" | "dependencies", name: string, daysUnused: number, bytes = 10) {
  const path = join(storage, kind, name);
  await mkdir(path, { recursive: true });
  await writeFile(join(path, "file"), Buffer.alloc(bytes));
  const when = Date.now() / 1000 - daysUnused * DAY;
  await utimes(path, when, when);
  return path;
}

const left = async (kind: string) =>
  (await readdir(join(storage, kind))).filter((name) => !name.endsWith(".lock")).toSorted();

it("removes what no run has used for long, and keeps the rest", async () => {
  await entry("mirrors", "old.git", 31);
  await entry("mirrors", "new.git", 29);
  await entry("dependencies", "old", 400);
  await tidyStorage(storage);
  expect([await left("mirrors"), await left("dependencies")]).toEqual([["new.git"], []]);
});

it("keeps what a run's folder points to, however old", async () => {
  const mirror = await entry("mirrors", "used.git", 100);
  const installed = await entry("dependencies", "used", 100);
  const checkout = join(storage, "runs/a/repo-dev");
  await mkdir(join(checkout, ".git/objects/info"), { recursive: true });
  await writeFile(join(checkout, ".git/objects/info/alternates"), `${mirror}/objects\n`);
  await symlink(join(installed, "node_modules"), join(checkout, "node_modules"));
  expect(await tidyStorage(storage)).toEqual([]);
});

it("removes the longest unused first when all are too large together, but nothing of today", async () => {
  await entry("mirrors", "a.git", 3, 1_000);
  await entry("mirrors", "b.git", 5, 1_000);
  await entry("mirrors", "c.git", 0, 5_000);
  await tidyStorage(storage, { days: 30, bytes: 6_100 });
  expect(await left("mirrors")).toEqual(["a.git", "c.git"]);
});

it("removes code kept for runs of long ago, and the oldest of it where it is too much", async () => {
  const file = async (path: string, days: number) => {
    await mkdir(join(storage, path, ".."), { recursive: true });
    await writeFile(join(storage, path), "code");
    const when = Date.now() / 1000 - days * DAY;
    await utimes(join(storage, path), when, when);
  };
  await file("compiled/v26/old", 8);
  await file("compiled/v26/new", 6);
  await file("stripped/old.js", 8);
  await file("stripped/new.js", 6);
  await tidyStorage(storage);
  expect([await left("compiled/v26"), await left("stripped")]).toEqual([["new"], ["new.js"]]);
});

it("looks once a day only, and counts what was marked as used", async () => {
  await tidyStorage(storage);
  const path = await entry("mirrors", "old.git", 31);
  expect(await tidyStorage(storage)).toEqual([]);
  expect(await tidyStorage(storage, undefined, Date.now() + 2 * DAY * 1000)).toEqual([path]);
  const other = await entry("mirrors", "other.git", 31);
  await markUsed(other);
  expect(await tidyStorage(storage, undefined, Date.now() + 4 * DAY * 1000)).toEqual([]);
});
