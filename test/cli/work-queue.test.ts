import { randomUUID } from "node:crypto";
import { beforeAll, expect, it } from "vitest";
import { runCli } from "../support/cli.ts";
import { prefectApi } from "../support/prefect-api.ts";
import { sharedStack } from "../support/shared-stack.ts";

const { prefect } = await sharedStack("prefect");
const api = prefectApi(prefect.apiUrl);
const env = { PREFECT_API_URL: prefect.apiUrl };
const pool = `cli-${randomUUID().slice(0, 8)}`;
const workQueue = (...args: string[]) => runCli(["work-queue", ...args], { env });
const workPool = (...args: string[]) => runCli(["work-pool", ...args], { env });
const read = (name: string) => api.get(`/work_pools/${pool}/queues/${name}`);

beforeAll(async () => {
  await api.post("/work_pools/", { name: pool, type: "process" });
});

it("creates a queue with its limit and priority, once", async () => {
  const args = ["create", "urgent", "--pool", pool, "--limit", "3", "--priority", "1"];
  const { code, stdout } = await workQueue(...args);
  expect(stdout).toContain(`prefect-ts worker start --pool ${pool} --work-queue urgent`);
  expect(code).toBe(0);
  expect(await read("urgent")).toMatchObject({ concurrency_limit: 3, priority: 1 });
  expect(await workQueue(...args)).toMatchObject({
    code: 1,
    stderr: `Work queue with name: 'urgent' already exists in work pool '${pool}'.\n`,
  });
});

it("pauses and resumes a queue, and sets and clears its limit", async () => {
  await workQueue("create", "nightly", "-p", pool);
  expect((await workQueue("pause", "nightly", "-p", pool)).stdout).toBe(
    `Paused work queue 'nightly' in work pool '${pool}'\n`,
  );
  await workQueue("set-concurrency-limit", "nightly", "2", "-p", pool);
  expect(await read("nightly")).toMatchObject({ is_paused: true, concurrency_limit: 2 });
  expect((await workQueue("ls", "-p", pool)).stdout).toContain("nightly (**)");
  await workQueue("resume", "nightly", "-p", pool);
  await workQueue("clear-concurrency-limit", "nightly", "-p", pool);
  expect(await read("nightly")).toMatchObject({ is_paused: false, concurrency_limit: null });
});

it("finds a queue by its id, and asks for the pool where a name is in several", async () => {
  const { id } = await read("default");
  const inspected = await workQueue("inspect", String(id), "-o", "json");
  expect(JSON.parse(inspected.stdout)).toMatchObject({ id, name: "default" });
  await api.post("/work_pools/", { name: `${pool}-other`, type: "process" });
  const { code, stderr } = await workQueue("inspect", "default");
  expect(stderr).toMatch(/Several work pools have a queue 'default': .*Name one with --pool\./);
  expect(code).toBe(1);
});

it("deletes a queue, and says of one that is not there which there are", async () => {
  await workQueue("create", "short-lived", "-p", pool);
  expect((await workQueue("delete", "short-lived", "-p", pool)).code).toBe(0);
  const { code, stderr } = await workQueue("delete", "short-lived", "-p", pool);
  expect(stderr).toContain(`No work queue named 'short-lived' found in work pool '${pool}'. Known: '`);
  expect(code).toBe(1);
});

it("offers pools like one that does not exist", async () => {
  expect((await workQueue("ls", "-p", `${pool}x`)).stderr).toContain(`Did you mean '${pool}'`);
});

it("updates, pauses, limits and deletes a pool", async () => {
  const name = `${pool}-changing`;
  await api.post("/work_pools/", { name, type: "process" });
  expect((await workPool("pause", name)).stdout).toBe(`Paused work pool '${name}'\n`);
  await workPool("update", name, "--concurrency-limit", "7", "--description", "of the museum");
  const path = `/work_pools/${name}`;
  expect(await api.get(path)).toMatchObject({
    is_paused: true,
    concurrency_limit: 7,
    description: "of the museum",
  });
  await workPool("resume", name);
  await workPool("clear-concurrency-limit", name);
  expect(await api.get(path)).toMatchObject({ is_paused: false, concurrency_limit: null });
  expect(await workPool("update", name)).toMatchObject({ code: 2 });
  expect((await workPool("delete", name)).stdout).toBe(`Deleted work pool '${name}'\n`);
  await expect(api.get(path)).rejects.toThrow("404");
  expect((await workPool("delete", name)).stderr).toContain(`Work pool '${name}' not found!`);
});

it("shows a type's default template, which a pool takes back", async () => {
  const { stdout } = await workPool("get-default-base-job-template", "--type", "process");
  const name = `${pool}-template`;
  expect((await workPool("create", name, "-t", "process", "--base-job-template", stdout)).code).toBe(0);
  expect(await api.get(`/work_pools/${name}`)).toMatchObject({ base_job_template: JSON.parse(stdout) });
});
