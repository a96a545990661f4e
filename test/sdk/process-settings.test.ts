import { afterEach, beforeEach, expect, it, vi } from "vitest";

beforeEach(() => {
  // Settings are read once a process: each test has the SDK anew.
  vi.resetModules();
  vi.stubEnv("PREFECT_PROFILES_PATH", "/nowhere/profiles.toml");
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

it("flows and tasks that say nothing of retries have those of the settings; others keep their own", async () => {
  vi.stubEnv("PREFECT_TASKS_DEFAULT_RETRIES", "2");
  vi.stubEnv("PREFECT_TASKS_DEFAULT_RETRY_DELAY_SECONDS", "0.001,0.002");
  vi.stubEnv("PREFECT_FLOWS_DEFAULT_RETRIES", "1");
  const { flow, task } = await import("../../src/sdk/index.ts");
  let [tasks, flows] = [0, 0];
  const flaky = task({ name: "Flaky" }, () => {
    tasks += 1;
    throw new Error("the network was away");
  });
  const load = flow({ name: "Load" }, async () => {
    flows += 1;
    await flaky();
  });
  await expect(load()).rejects.toThrow("the network was away");
  expect([tasks, flows]).toEqual([6, 2]);
  [tasks, flows] = [0, 0];
  await expect(load.withOptions({ retries: 0 })()).rejects.toThrow("the network was away");
  expect([tasks, flows]).toEqual([3, 1]);
  expect(flaky.options).toMatchObject({ retries: 2, retryDelaySeconds: [0.001, 0.002] });
  expect(flaky.withOptions({ retries: 1 }).options.retries).toBe(1);
});

it("a flow that is called as a function says what its level lets through: INFO, or what is set", async () => {
  const said: string[] = [];
  vi.spyOn(process.stderr, "write").mockImplementation((text) => said.push(String(text)) > 0);
  const speak = async () => {
    const { flow, logger } = await import("../../src/sdk/index.ts");
    await flow({ name: "Speak" }, () => {
      for (const level of ["debug", "info", "warn"] as const) logger[level](`at ${level}`);
    })();
    return said.splice(0).map((line) => /at \w+/.exec(line)?.[0]);
  };
  expect(await speak()).toEqual(["at info", "at warn"]);
  vi.resetModules();
  vi.stubEnv("PREFECT_LOGGING_LEVEL", "DEBUG");
  expect(await speak()).toEqual(["at debug", "at info", "at warn"]);
});
