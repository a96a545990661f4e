import { randomBytes } from "node:crypto";
import { basename, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type GitServer, startGitServer } from "../../dev/stack/git/server.ts";
import { sharedStack } from "../support/shared-stack.ts";
import { smallDisk } from "../support/small-disk.ts";
import { openScenario, type Scenario } from "./support/scenario.ts";
import { noFolderLeft } from "./support/told.ts";

const stack = await sharedStack("prefect", "git");
let scenario: Scenario;
let server: GitServer;

beforeEach(async () => {
  scenario = await openScenario(stack);
  server = await startGitServer({ folder: stack.git.folder });
  await scenario.repository.push({ "flows/tells.ts": tells("version one") });
});
afterEach(async () => {
  await scenario.close();
  await server.close();
});

const tells = (text: string) => `
  import { flow, logger } from "prefect-ts";
  export const tells = flow({ name: "Tells" }, () => logger.info(${JSON.stringify(text)}));`;

/** Makes a deployment whose code comes from the git server of this test. */
async function deploy(): Promise<string> {
  const repository = `${server.url}/${basename(scenario.repositoryUrl)}`;
  return await scenario.deploy({
    flow: "tells",
    entrypoint: "flows/tells.ts:tells",
    pull_steps: [{ "prefect.deployments.steps.git_clone": { repository, branch: "dev" } }],
  });
}

describe("a git server", () => {
  beforeEach(async () => {
    await scenario.startWorker();
  });

  it.each(["down", "error"] as const)(
    "that is away (%s) is tried again, and the run goes on",
    async (kind) => {
      await server.setFault({ kind });
      const run = await scenario.run(await deploy());
      await scenario.log(run, /Trying again in \d+ ms/);
      await server.setFault({ kind: "none" });
      expect(await scenario.ended(run)).toMatchObject({ state_name: "Completed", run_count: 1 });
      await noFolderLeft(scenario);
    },
  );

  it("that stays away makes the run Crashed, and the next one is run when it is back", async () => {
    await server.setFault({ kind: "down" });
    const deployment = await deploy();
    const { state_name, state } = await scenario.ended(await scenario.run(deployment));
    expect([state_name, state.message]).toEqual(["Crashed", expect.stringContaining(server.url)]);
    await server.setFault({ kind: "none" });
    expect((await scenario.ended(await scenario.run(deployment))).state_name).toBe("Completed");
    await noFolderLeft(scenario);
  });

  it("that is slow is waited for", async () => {
    await server.setFault({ kind: "slow", milliseconds: 1_000 });
    expect((await scenario.ended(await scenario.run(await deploy()))).state_name).toBe("Completed");
  });
});

describe("a branch whose history was rewritten between two runs", () => {
  it("is run as it is now", async () => {
    await scenario.startWorker();
    const deployment = await deploy();
    const first = await scenario.run(deployment);
    await scenario.log(first, /^version one$/);
    await scenario.repository.git(["update-ref", "-d", "refs/heads/dev"]);
    await scenario.repository.push({ "flows/tells.ts": tells("another history") });
    const second = await scenario.run(deployment);
    await scenario.log(second, /^another history$/);
    expect((await scenario.ended(second)).state_name).toBe("Completed");
  });
});

describe("a full disk", () => {
  it("makes the run Crashed with that reason, and the worker goes on when there is room", async ({
    skip,
  }) => {
    const disk = join(scenario.folder, "disk");
    const mounted = smallDisk(disk, "1m");
    if ("skip" in mounted) return skip(mounted.skip);
    try {
      await scenario.repository.push({ "big.txt": randomBytes(1_000_000).toString("hex") });
      await scenario.startWorker([], { PREFECT_HOME: disk });
      const deployment = await deploy();
      const { state_name, state } = await scenario.ended(await scenario.run(deployment));
      expect([state_name, state.message]).toEqual(["Crashed", expect.stringContaining(disk)]);
      mounted.resize("64m");
      expect((await scenario.ended(await scenario.run(deployment))).state_name).toBe("Completed");
    } finally {
      await scenario.close();
      mounted.remove();
      scenario = await openScenario(stack);
    }
  });
});
