import { inspect } from "node:util";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import {
  concurrency,
  createMarkdownArtifact,
  createProgressArtifact,
  emitEvent,
  flow,
  rateLimit,
  runDeployment,
  Secret,
  updateProgressArtifact,
  Variable,
} from "../../src/sdk/index.ts";

/** Neither an address of a server in the environment, nor a profile of the machine's user. */
beforeEach(() => {
  vi.stubEnv("PREFECT_API_URL", "");
  vi.stubEnv("PREFECT_PROFILES_PATH", "/nowhere/profiles.toml");
});
afterEach(() => vi.unstubAllEnvs());

const inFlow = <T>(body: () => T | Promise<T>) => flow({ name: "F" }, body)();

describe("a flow that is called as a function, without a server", () => {
  it("makes artifacts that go nowhere", async () => {
    expect(await inFlow(() => createMarkdownArtifact({ markdown: "# Hi" }))).toBeUndefined();
    const bar = await inFlow(async () => {
      const made = await createProgressArtifact({ key: "bar", progress: 0 });
      updateProgressArtifact(made, 50);
      return made;
    });
    expect(bar).toBeUndefined();
  });

  it("refuses artifacts that a server would refuse", async () => {
    await expect(inFlow(() => createMarkdownArtifact({ key: "Not So", markdown: "" }))).rejects.toThrow(
      'Artifact key "Not So" is not allowed',
    );
    await expect(inFlow(() => updateProgressArtifact("id", Number.NaN))).rejects.toThrow("Progress is NaN");
  });

  it("waits for no slot, and gives what the function gives", async () => {
    expect(await inFlow(() => concurrency("db", { occupy: 2 }, () => "done"))).toBe("done");
    const aborted = await inFlow(async () => {
      await using slots = await concurrency(["db", "oracle"]);
      await rateLimit("geocoder");
      return slots.signal.aborted;
    });
    expect(aborted).toBe(false);
  });

  it.each([
    ["no name", () => concurrency([]), "needs a name"],
    ["no slot", () => concurrency("db", { occupy: 0 }), "occupy is 0"],
    ["half a slot", () => rateLimit("db", { occupy: 0.5 }), "occupy is 0.5"],
    ["a short lease", () => concurrency("db", { leaseDuration: 5 }), "leaseDuration is 5"],
  ])("refuses %s", async (_, call, message) => {
    await expect(inFlow(async () => void (await call()))).rejects.toThrow(message);
  });

  it("gives the event that would be sent, and refuses one that would be refused", async () => {
    const resource = { "prefect.resource.id": "museum.botany" };
    const first = await inFlow(() => emitEvent({ event: "loaded", resource, payload: { n: 1 } }));
    expect(first).toMatchObject({ event: "loaded", resource, payload: { n: 1 }, related: [] });
    const second = await emitEvent({ event: "counted", resource, follows: first });
    expect(second.follows).toBe(first.id);
    const late = { event: "late", resource, follows: { ...first, occurred: "2020-01-01T00:00:00Z" } };
    expect((await emitEvent(late)).follows).toBeUndefined();
    await expect(emitEvent({ event: " ", resource })).rejects.toThrow("needs a name");
    await expect(emitEvent({ event: "x", resource: { "prefect.resource.id": "" } })).rejects.toThrow(
      'a resource without "prefect.resource.id"',
    );
    const related = [{ "prefect.resource.id": "a", "prefect.resource.role": "" }];
    await expect(emitEvent({ event: "x", resource, related })).rejects.toThrow(
      'without "prefect.resource.role"',
    );
    const counted = { ...resource, records: 5 } as unknown as typeof resource;
    await expect(emitEvent({ event: "x", resource: counted })).rejects.toThrow('label "records" is 5');
  });

  it.each<[string, () => Promise<unknown>]>([
    ["Variable.get", () => Variable.get("museum")],
    ["Secret.load", () => Secret.load("password")],
    ["runDeployment", () => runDeployment("A/b")],
  ])("%s says which setting is missing", async (_, call) => {
    await expect(inFlow(call)).rejects.toThrow("PREFECT_API_URL is not set");
  });
});

it("a secret shows itself in no text", async () => {
  const { hidden } = await import("../../src/sdk/secret-value.ts");
  const secret = hidden({ password: "musit" });
  expect(`${secret} ${inspect({ secret })} ${JSON.stringify([secret])}`).not.toContain("musit");
  expect(secret.get()).toEqual({ password: "musit" });
});
