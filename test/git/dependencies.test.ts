import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { provideDependencies } from "../../src/git/dependencies.ts";
import { copyProject, writeNpmProject } from "./support/npm-project.ts";
import { failure, temporaryFolder } from "./support/workspace.ts";

let projects: string;
beforeAll(() => {
  projects = mkdtempSync(join(tmpdir(), "prefect-ts-git-"));
  writeNpmProject(join(projects, "one"), "one");
  writeNpmProject(join(projects, "two"), "two");
  writeNpmProject(join(projects, "linked"), "linked", "file:vendor/thing");
}, 30_000);
afterAll(() => rmSync(projects, { recursive: true, force: true }));

async function place() {
  const folder = await temporaryFolder();
  const lines: string[] = [];
  const storage = join(folder, "storage");
  return {
    folder,
    lines,
    store: join(storage, "dependencies"),
    project: (from: string, name: string) => copyProject(join(projects, from), join(folder, name)),
    provide: (checkout: string, more: Partial<Parameters<typeof provideDependencies>[0]> = {}) =>
      provideDependencies({
        checkout,
        storage,
        log: (level, message) => void lines.push(`${level} ${message}`),
        env: { ...process.env, npm_config_offline: "true" },
        ...more,
      }),
  };
}
const thing = (checkout: string) => createRequire(join(checkout, "flow.js"))("thing");
const folders = (path: string) => readdirSync(path).filter((name) => !/\.lock(-journal)?$/.test(name));

describe("the dependencies of a checkout", () => {
  test("are the runner's own when the lock files are the same, byte by byte", async () => {
    const { folder, provide, project, store } = await place();
    const checkout = project("one", "checkout");
    mkdirSync(join(folder, "image", "node_modules"), { recursive: true });
    const own = {
      lockFile: join(folder, "image", "package-lock.json"),
      nodeModules: join(folder, "image", "node_modules"),
    };
    writeFileSync(own.lockFile, readFileSync(join(checkout, "package-lock.json")));
    expect(await provide(checkout, { own })).toEqual({
      kind: "own",
      nodeModules: join(checkout, "node_modules"),
    });
    expect(readlinkSync(join(checkout, "node_modules"))).toBe(own.nodeModules);
    expect(existsSync(store)).toBe(false);
  });

  test("are installed once per lock file, also for runs that come at the same time", async () => {
    const { provide, project, store, lines } = await place();
    const checkouts = ["a", "b", "c"].map((name) => project("one", name));
    const results = await Promise.all(checkouts.map((checkout) => provide(checkout)));
    expect(results.map((result) => result.kind)).toEqual(["installed", "installed", "installed"]);
    expect(checkouts.map(thing)).toEqual(["one", "one", "one"]);
    expect(lines.filter((line) => line.includes("npm ci"))).toHaveLength(1);
    const other = project("two", "d");
    await provide(other);
    expect(thing(other)).toBe("two");
    expect(folders(store)).toHaveLength(2);
  }, 30_000);

  test("that are folders of the repository are installed into the checkout itself", async () => {
    const { provide, project, store, lines } = await place();
    const checkout = project("linked", "checkout");
    expect((await provide(checkout)).kind).toBe("in-place");
    expect(thing(checkout)).toBe("linked");
    expect(existsSync(store)).toBe(false);
    expect(lines.join("\n")).toContain("node_modules/thing");
  }, 30_000);

  test("that npm cannot install give npm's last words, and nothing half-installed stays", async () => {
    const { provide, project, store, folder } = await place();
    const checkout = project("one", "checkout");
    rmSync(join(checkout, "vendor"), { recursive: true });
    writeFileSync(join(checkout, ".npmrc"), "//registry.example/:_authToken=secret-of-npmrc\n");
    // npm's own cache would have the archive.
    const env = { ...process.env, npm_config_cache: join(folder, "cache"), npm_config_offline: "true" };
    const error = await failure(provide(checkout, { env }));
    expect(error.code).toBe("DEPENDENCIES_FAILED");
    expect(error.message).toMatch(/ENOENT.*thing-1.0.0.tgz/s);
    expect(folders(store)).toEqual([]);
    expect(readdirSync(join(folder, "checkout"))).not.toContain("node_modules");
  }, 30_000);

  test("are not half-installed by a run that is cancelled, and the next run installs them", async () => {
    const { provide, project, store } = await place();
    const checkout = project("one", "checkout");
    const stop = new AbortController();
    const cancelled = failure(provide(checkout, { signal: stop.signal }));
    const begun = () => existsSync(store) && folders(store).some((name) => name.includes("installing"));
    await expect.poll(begun, { timeout: 5_000, interval: 5 }).toBe(true);
    stop.abort();
    expect((await cancelled).code).toBe("GIT_CANCELLED");
    expect(folders(store)).toEqual([]);
    await provide(checkout);
    expect(thing(checkout)).toBe("one");
  }, 30_000);

  test("without a lock file are the runner's own, with a warning when there is a package.json", async () => {
    const { folder, provide, lines } = await place();
    expect(await provide(folder)).toEqual({ kind: "none" });
    expect(lines).toEqual([]);
    writeFileSync(join(folder, "package.json"), "{}");
    expect(await provide(folder)).toEqual({ kind: "none" });
    expect(lines.join("\n")).toMatch(/^warning .*no package-lock.json/);
  });

  test("that the checkout brings itself are left as they are", async () => {
    const { provide, project } = await place();
    const checkout = project("one", "checkout");
    mkdirSync(join(checkout, "node_modules"));
    expect((await provide(checkout)).kind).toBe("present");
    expect(readdirSync(join(checkout, "node_modules"))).toEqual([]);
  });

  test("of a lock file that cannot be read give an error that says how to make it again", async () => {
    const { folder, provide } = await place();
    writeFileSync(join(folder, "package-lock.json"), "<<<<<<< HEAD");
    const error = await failure(provide(folder));
    expect(error.code).toBe("DEPENDENCIES_FAILED");
    expect(error.message).toContain("npm install");
  });
});
