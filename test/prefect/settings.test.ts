import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { readProfile, updateActiveProfile } from "../../src/prefect/settings/profiles.ts";
import { loadSettings, mayPrompt } from "../../src/prefect/settings/settings.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

let folder: string;
let home: string;
const url = (name: string) => `http://${name}:4200/api`;
const write = (path: string, text: string) => writeFile(join(folder, path), text);
const load = (env: NodeJS.ProcessEnv = {}) => loadSettings({ PREFECT_HOME: home, ...env }, folder);

beforeEach(async () => {
  folder = await temporaryFolder();
  home = join(folder, "home");
  await mkdir(home);
});

describe("the order of places", () => {
  it("takes the environment, then .env, prefect.toml, pyproject.toml, and the active profile last", async () => {
    await write(
      "home/profiles.toml",
      `active = "museum"\n[profiles.museum]\nPREFECT_API_URL = "${url("profile")}"`,
    );
    expect(load().apiUrl).toBe(url("profile"));
    await write("pyproject.toml", `[tool.prefect.api]\nurl = "${url("pyproject")}"`);
    expect(load().apiUrl).toBe(url("pyproject"));
    await write("prefect.toml", `[api]\nurl = "${url("toml")}"`);
    expect(load().apiUrl).toBe(url("toml"));
    await write(".env", `PREFECT_API_URL=${url("dotenv")}`);
    expect(load().apiUrl).toBe(url("dotenv"));
    expect(load({ PREFECT_API_URL: url("env") }).apiUrl).toBe(url("env"));
  });

  it("takes the profile that PREFECT_PROFILE names instead of the active one", async () => {
    await write(
      "home/profiles.toml",
      `active = "one"\n[profiles.one]\nPREFECT_API_URL = "${url("one")}"\n[profiles.two]\nPREFECT_API_URL = "${url("two")}"`,
    );
    expect(load({ PREFECT_PROFILE: "two" }).apiUrl).toBe(url("two"));
  });

  it("reads [cli] prompt of prefect.toml as PREFECT_CLI_PROMPT", async () => {
    const asked = (env = {}) => mayPrompt({ PREFECT_HOME: join(folder, "home"), ...env }, folder);
    expect(asked()).toBe(true);
    await write("prefect.toml", "[cli]\nprompt = false");
    expect(asked()).toBe(false);
    expect(asked({ PREFECT_CLI_PROMPT: "true" })).toBe(true);
  });
});

describe("values", () => {
  it("cuts slashes off the address's end and derives the UI's address from it", () => {
    const settings = load({ PREFECT_API_URL: "http://127.0.0.1:4200/api//" });
    expect(settings.apiUrl).toBe("http://127.0.0.1:4200/api");
    expect(settings.uiUrl).toBe("http://127.0.0.1:4200");
  });

  it("gives a run no identity of the run that it was started from", () => {
    const { raw } = load({ PREFECT_API_URL: url("env"), PREFECT__FLOW_RUN_ID: "x" });
    expect(Object.keys(raw).sort()).toEqual(["PREFECT_API_URL", "PREFECT_HOME"]);
  });

  it.each([
    [{ PREFECT_API_URL: "127.0.0.1:4200/api" }, 'PREFECT_API_URL is "127.0.0.1:4200/api"'],
    [{ PREFECT_CLI_PROMPT: "maybe" }, 'PREFECT_CLI_PROMPT is "maybe": give true or false.'],
    [{ PREFECT_WORKER_QUERY_SECONDS: "-1" }, 'PREFECT_WORKER_QUERY_SECONDS is "-1"'],
    [{ PREFECT_CLIENT_CUSTOM_HEADERS: "[1]" }, "PREFECT_CLIENT_CUSTOM_HEADERS must be a JSON object"],
  ])("refuses %j", (env, text) => {
    expect(() => load({ PREFECT_API_URL: url("env"), ...env })).toThrow(text);
  });

  it("takes 0 for the seconds to look ahead, as Prefect does, and a number above 0 elsewhere", () => {
    const PREFECT_API_URL = url("a");
    const { worker } = load({ PREFECT_API_URL, PREFECT_WORKER_PREFETCH_SECONDS: "0" });
    expect(worker.prefetchSeconds).toBe(0);
    for (const wrong of [{ PREFECT_WORKER_QUERY_SECONDS: "0" }, { PREFECT_WORKER_PREFETCH_SECONDS: "-1" }])
      expect(() => load({ PREFECT_API_URL, ...wrong })).toThrow(/give a number/);
  });

  it("refuses an auth string without a colon, and does not show it", () => {
    const secret = () => load({ PREFECT_API_URL: url("env"), PREFECT_API_AUTH_STRING: "hush" });
    expect(secret).toThrow("PREFECT_API_AUTH_STRING must have the form user:password.");
    expect(secret).not.toThrow("hush");
  });

  it("names the file that is not valid TOML", async () => {
    await write("prefect.toml", "[cli\nprompt = false");
    expect(() => load()).toThrow(/prefect\.toml is not valid TOML/);
  });
});

describe("profiles", () => {
  it("reads one profile by name, an empty one of Prefect's own, and none that does not exist", async () => {
    await write("home/profiles.toml", `[profiles.museum]\nPREFECT_API_URL = "${url("museum")}"`);
    const read = (name: string) => readProfile(name, { PREFECT_HOME: home }, folder);
    expect(read("museum")).toEqual({ PREFECT_API_URL: url("museum") });
    expect(read("ephemeral")).toEqual({});
    expect(read("nowhere")).toBeUndefined();
  });

  it("lays a setting into the active profile and leaves the others as they are", async () => {
    await write(
      "home/profiles.toml",
      `active = "one"\n[profiles.one]\nPREFECT_API_URL = "${url("one")}"\n[profiles.two]\nPREFECT_API_URL = "${url("two")}"`,
    );
    const env = { PREFECT_HOME: home };
    expect(updateActiveProfile({ PREFECT_DEFAULT_WORK_POOL_NAME: "p" }, env, folder)).toBe("one");
    expect(readProfile("one", env, folder)).toEqual({
      PREFECT_API_URL: url("one"),
      PREFECT_DEFAULT_WORK_POOL_NAME: "p",
    });
    expect(readProfile("two", env, folder)).toEqual({ PREFECT_API_URL: url("two") });
  });

  it("writes profiles.toml where there is none yet", () => {
    expect(updateActiveProfile({ PREFECT_API_URL: url("new") }, { PREFECT_HOME: home }, folder)).toBe(
      "ephemeral",
    );
    expect(load().apiUrl).toBe(url("new"));
  });
});
