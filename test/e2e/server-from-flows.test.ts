import { randomUUID } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sharedStack } from "../support/shared-stack.ts";
import { waitFor } from "../support/wait-for.ts";
import { makeBlock } from "./support/blocks.ts";
import { openScenario, type Scenario } from "./support/scenario.ts";
import { cancel } from "./support/told.ts";

const stack = await sharedStack("prefect", "git");
let scenario: Scenario;

beforeAll(async () => {
  scenario = await openScenario(stack);
  await scenario.startWorker();
});
afterAll(() => scenario.close());

/** Runs a flow of the fixture to its end, and gives its messages. */
async function messagesOf(flow: string, parameters: Record<string, unknown>): Promise<string[]> {
  const deployment = await scenario.deployFixture("asks", flow);
  const run = await scenario.run(deployment, parameters);
  const ended = await scenario.ended(run, 120_000);
  const messages = (await scenario.logs(run)).map(({ message }) => message);
  expect(ended.state_name, messages.join("\n")).toBe("Completed");
  return messages;
}

const makeLimit = (name: string, more: object = {}) =>
  scenario.api.post("/v2/concurrency_limits/", { name, limit: 1, ...more });
const slotsOf = async (name: string) =>
  (await scenario.api.get<{ active_slots: number }>(`/v2/concurrency_limits/${name}`)).active_slots;

describe("a flow", () => {
  it("reads and sets variables, reads blocks, and emits events that belong to its run", async () => {
    const prefix = `test-${randomUUID().slice(0, 8)}`;
    await makeBlock(scenario.api, { type: "Secret", name: prefix, data: { value: "musit-password" } });
    await makeBlock(scenario.api, { type: "JSON", name: prefix, data: { value: { Salix: 1 } } });
    const messages = await messagesOf("asks", { prefix });
    expect(messages).toContain(
      `variable: [1,2] Variable "${prefix}-count" already exists. Change it with { overwrite: true }, or use another name.`,
    );
    expect(messages).toContain("fallback: none undefined");
    expect(messages).toContain("unset: true false");
    expect(messages).toContain('secret: ******** ******** {"secret":"********"} 14');
    expect(messages).toContain('json: {"Salix":1} {"value":{"Salix":1}}');
    expect(messages.join("\n")).toMatch(/no block: There is no block "missing" of type "secret" on http/);
    expect(messages.join("\n")).not.toContain("musit-password");
    const told = await waitFor(
      async () => {
        const filter = { event: { name: [`${prefix}.told`, `${prefix}.begun`] } };
        const { events } = await scenario.api.post<{ events: EventView[] }>("/events/filter", {
          filter,
          limit: 50,
        });
        return events.length === 2 ? events.find(({ event }) => event === `${prefix}.told`) : undefined;
      },
      { what: "both events are with the server" },
    );
    const roles = told.related.map((resource) => resource["prefect.resource.role"]);
    expect(roles).toEqual(expect.arrayContaining(["flow-run", "flow", "deployment", "task-run"]));
    expect(told.follows).toMatch(/^[0-9a-f-]{36}$/);
  });

  it("makes artifacts of every kind, and the last value of a bar is there when the run has ended", async () => {
    const prefix = `test-${randomUUID().slice(0, 8)}`;
    await messagesOf("shows", { prefix });
    const found = await scenario.api.post<ArtifactView[]>("/artifacts/filter", {
      artifacts: { key: { like_: `${prefix}-%` } },
    });
    const data = Object.fromEntries(found.map((one) => [one.key.slice(prefix.length + 1), one]));
    expect(data.markdown).toMatchObject({
      type: "markdown",
      data: "# Herbarium\n\n2 records",
      description: "Summary",
    });
    expect(data.table).toMatchObject({
      type: "table",
      data: '[{"id":"9007199254740993","taxon":"Salix herbacea"}]',
    });
    expect(data.link).toMatchObject({
      type: "markdown",
      data: "[The report](https://example.org/report.html)",
    });
    expect(data.image?.type).toBe("image");
    expect(data.progress).toMatchObject({ type: "progress", data: 75 });
    expect(data.progress?.task_run_id).toMatch(/^[0-9a-f-]{36}$/);
    expect(data.markdown?.task_run_id).toBeNull();
  });

  it("holds a slot while it works; others wait, or give up when they were told to; a cancelled one gives it back", {
    timeout: 120_000,
  }, async () => {
    const limit = `db-${randomUUID()}`;
    await makeLimit(limit);
    const deployment = await scenario.deployFixture("asks", "holds");
    const gate = join(scenario.folder, limit);
    const first = await scenario.run(deployment, { limit, gate });
    await scenario.log(first, /^has a slot$/);
    expect(await slotsOf(limit)).toBe(1);
    const hasty = await scenario.run(deployment, { limit, gate, timeoutSeconds: 1 });
    const { state } = await scenario.ended(hasty, 60_000);
    expect(state.message).toContain(`No slot of "${limit}" was free within 1 seconds.`);
    const second = await scenario.run(deployment, { limit, gate });
    await scenario.log(second, /^asks for a slot$/);
    await cancel(scenario, first);
    await scenario.ended(first);
    await waitFor(async () => (await scenario.logs(second)).some(({ message }) => message === "has a slot"), {
      what: "the second run has the slot",
      timeoutMs: 60_000,
    });
    writeFileSync(gate, "");
    expect((await scenario.ended(second)).state_name).toBe("Completed");
    expect(await slotsOf(limit)).toBe(0);
  });

  it("passes rate limits, and is told of limits that are missing or of another kind", async () => {
    const [rate, plain] = [`rate-${randomUUID()}`, `plain-${randomUUID()}`];
    await makeLimit(rate, { limit: 2, slot_decay_per_second: 20 });
    await makeLimit(plain, { limit: 2 });
    const messages = (await messagesOf("limited", { rate, plain })).join("\n");
    expect(messages).toContain("three passed");
    expect(messages).toMatch(
      /no decay: ConcurrencySlotAcquisitionError: .*Only concurrency limits with slot decay/,
    );
    expect(messages).toMatch(/too many: ConcurrencySlotAcquisitionError: .*greater than the limit/);
    expect(messages).toContain('There is no global concurrency limit "no-such-limit": going on without.');
    expect(messages).toContain("missing: went on");
    expect(messages).toMatch(
      /strict: ConcurrencySlotAcquisitionError: There is no .*prefect gcl create no-such-limit/,
    );
    expect(messages).toContain("both: false");
    expect(await slotsOf(plain)).toBe(0);
  });

  it("runs another deployment, which is linked to it as a subflow, waits for its end, and gets a result that was kept", {
    timeout: 150_000,
  }, async () => {
    await scenario.deployFixture("hello");
    const prefix = `test-${randomUUID().slice(0, 8)}`;
    const hello = await scenario.deploy({
      flow: prefix,
      entrypoint: "flows/hello.ts:hello",
      parameter_openapi_schema: { type: "object", properties: { times: { type: "integer" } } },
    });
    const name = `${prefix} ${scenario.pool}/${scenario.pool}`;
    await scenario.deploy({ flow: `${prefix} adds`, entrypoint: "flows/asks.ts:adds" });
    const keeps = `${prefix} adds ${scenario.pool}/${scenario.pool}`;
    const results = join(scenario.folder, prefix);
    const messages = await messagesOf("calls", { deployment: name, keeps, results, prefix });
    const text = messages.join("\n");
    expect(text).toContain('result: {"n":42}');
    expect(text).toContain("none: MissingResultError UnfinishedRunError");
    expect(text).toMatch(/ended: .+ COMPLETED .*"who":"test-/);
    expect(text).toContain("not waited for: SCHEDULED");
    expect(text).toMatch(/refused: There is no deployment "No\/such" on http/);
    expect(text).toMatch(/wrong: .*Validation failed for field 'times'/);
    const children = await scenario.api.post<RunWithParent[]>("/flow_runs/filter", {
      flow_runs: { deployment_id: { any_: [hello] } },
    });
    expect(children).toHaveLength(2);
    const ids = children.map(({ parent_task_run_id }) => parent_task_run_id);
    const stands = await waitFor(
      async () => {
        const found = await scenario.api.post<TaskRunView[]>("/task_runs/filter", {
          task_runs: { id: { any_: ids } },
        });
        return found.length === 2 && found.some(({ state_type }) => state_type === "COMPLETED")
          ? found
          : undefined;
      },
      { what: "a task run stands for each run, and follows it" },
    );
    for (const one of stands) expect(one.name.startsWith(`${name}-`)).toBe(true);
    const waited = children.find(({ tags }) => tags.includes(prefix));
    const parent = stands.find(({ id }) => id === waited?.parent_task_run_id);
    expect(parent?.state.state_details.child_flow_run_id).toBe(waited?.id);
    // The parameter came from a task.
    expect(parent?.task_inputs.who).toHaveLength(1);
    const inTask = stands.find(({ id }) => id !== waited?.parent_task_run_id);
    expect(inTask?.task_inputs.__parents__).toHaveLength(1);
    expect(text).toContain(`the same: ${children.find(({ id }) => id !== waited?.id)?.id}`);
  });
});

interface EventView {
  event: string;
  follows: string | null;
  related: Record<string, string>[];
}
interface ArtifactView {
  key: string;
  type: string;
  data: unknown;
  description: string | null;
  task_run_id: string | null;
}
interface RunWithParent {
  id: string;
  tags: string[];
  parent_task_run_id: string;
}
interface TaskRunView {
  id: string;
  name: string;
  state_type: string;
  state: { state_details: { child_flow_run_id: string | null } };
  task_inputs: Record<string, unknown[]>;
}
