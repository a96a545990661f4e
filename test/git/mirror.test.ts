import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { describe, expect, onTestFinished, test } from "vitest";
import { workspace } from "./support/workspace.ts";

const SCRIPT = join(import.meta.dirname, "support/checkout-process.ts");

/** A process that is ready to make a checkout; the function lets it begin and gives what it made. */
async function checkoutProcess(
  options: object,
): Promise<() => Promise<{ commit: string; directory: string }>> {
  const child = spawn(process.execPath, [SCRIPT, JSON.stringify(options)], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  const lines = createInterface(child.stdout);
  await once(lines, "line");
  return async () => {
    child.stdin.write("go\n");
    const [line] = await once(lines, "line");
    return JSON.parse(line);
  };
}

/** The folder of the only mirror. */
function onlyMirror(storage: string): string {
  const folder = join(storage, "mirrors");
  const names = readdirSync(folder).filter((name) => name.endsWith(".git"));
  expect(names).toHaveLength(1);
  return join(folder, names[0] ?? "");
}

describe("the mirror of a repository", () => {
  test("is fetched once or twice for ten processes that come together, and all see the newest commit", async () => {
    const place = await workspace();
    const repository = await place.repository("flows");
    const server = await place.serve();
    const url = `${server.url}/flows.git`;
    const options = { repository: url, branch: "dev", storage: place.storage };
    await place.checkout(options);
    const before = server.requests();
    await place.checkout(options);
    const oneFetch = server.requests() - before;
    const starts = await Promise.all(
      Array.from({ length: 10 }, (_, index) =>
        checkoutProcess({ ...options, directory: join(place.folder, "runs", `process-${index}`) }),
      ),
    );
    const commit = await repository.push({ "flow.ts": "newest" });
    await server.setFault({ kind: "slow", milliseconds: 150 });
    const began = server.requests();
    const checkouts = await Promise.all(starts.map((start) => start()));
    expect(new Set(checkouts.map((checkout) => checkout.commit))).toEqual(new Set([commit]));
    for (const { directory } of checkouts)
      expect(readFileSync(join(directory, "flow.ts"), "utf8")).toBe("newest");
    // The first fetch asks once more, for the new objects.
    expect(server.requests() - began).toBeLessThanOrEqual(2 * oneFetch + 1);
  }, 30_000);

  test("is not taken for fresh by a run that came after the fetch began", async () => {
    const place = await workspace();
    const repository = await place.repository("flows");
    const server = await place.serve();
    const url = `${server.url}/flows.git`;
    await place.checkout({ repository: url });
    await server.setFault({ kind: "slow", milliseconds: 100 });
    const early = place.checkout({ repository: url });
    const asked = server.requests();
    await expect.poll(() => server.requests(), { interval: 5 }).toBeGreaterThan(asked);
    const commit = await repository.push({ "flow.ts": "pushed during the fetch" });
    const late = await place.checkout({ repository: url });
    expect(late.commit).toBe(commit);
    await early;
  });

  test.each([
    ["its packs are cut short", (mirror: string) => eachPack(mirror, (pack) => truncateSync(pack, 40))],
    ["its packs are gone", (mirror: string) => eachPack(mirror, (pack) => rmSync(pack))],
    ["its objects are gone", (mirror: string) => rmSync(join(mirror, "objects"), { recursive: true })],
    ["its HEAD is empty", (mirror: string) => writeFileSync(join(mirror, "HEAD"), "")],
    ["its configuration is garbage", (mirror: string) => writeFileSync(join(mirror, "config"), "\0garbage[")],
    ["its refs are garbage", (mirror: string) => eachRef(mirror, (ref) => writeFileSync(ref, "garbage"))],
    [
      "a killed git left locks behind",
      (mirror: string) => eachRef(mirror, (ref) => writeFileSync(`${ref}.lock`, "")),
    ],
  ])("is made again when %s", async (_what, damage) => {
    const place = await workspace();
    const repository = await place.repository("flows", { "flow.ts": "first" });
    await place.checkout({ repository: repository.folder });
    await repository.push({ "flow.ts": "second" });
    await place.checkout({ repository: repository.folder });
    damage(onlyMirror(place.storage));
    const { directory } = await place.checkout({ repository: repository.folder });
    expect(readFileSync(join(directory, "flow.ts"), "utf8")).toBe("second");
    const commit = await repository.push({ "flow.ts": "third" });
    expect((await place.checkout({ repository: repository.folder })).commit).toBe(commit);
    onlyMirror(place.storage);
  });

  test("stays small: packs are put together when there are many", async () => {
    const place = await workspace();
    const repository = await place.repository("flows");
    await place.checkout({ repository: repository.folder });
    const packs = join(onlyMirror(place.storage), "objects", "pack");
    const [pack] = readdirSync(packs).filter((name) => name.endsWith(".pack"));
    for (let copy = 0; copy < 60; copy += 1) {
      for (const end of ["pack", "idx"]) {
        const name = (pack ?? "").replace(/pack$/, end);
        writeFileSync(
          join(packs, name.replace(/-[0-9a-f]{6}/, `-${String(copy).padStart(6, "0")}`)),
          readFileSync(join(packs, name)),
        );
      }
    }
    // A branch that has not moved is not fetched, and only a fetch makes packs.
    await repository.push({ "flow.ts": "2" });
    const { directory } = await place.checkout({ repository: repository.folder });
    expect(readdirSync(packs).filter((name) => name.endsWith(".pack")).length).toBeLessThan(5);
    expect(readFileSync(join(directory, "flow.ts"), "utf8")).toBe("2");
    await place.checkout({ repository: repository.folder });
  });
});

function eachPack(mirror: string, change: (path: string) => void): void {
  const folder = join(mirror, "objects", "pack");
  const packs = readdirSync(folder).filter((name) => name.endsWith(".pack"));
  expect(packs.length).toBeGreaterThan(0);
  for (const name of packs) {
    rmSync(join(folder, `${name}.copy`), { force: true });
    const bytes = readFileSync(join(folder, name));
    rmSync(join(folder, name));
    writeFileSync(join(folder, name), bytes);
    change(join(folder, name));
  }
}

function eachRef(mirror: string, change: (path: string) => void): void {
  const folder = join(mirror, "refs", "prefect");
  for (const name of readdirSync(folder)) change(join(folder, name));
}
