import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { Secret, Variable } from "../../src/sdk/index.ts";
import { makeBlock } from "../e2e/support/blocks.ts";
import { prefectApi } from "../support/prefect-api.ts";
import { sharedStack } from "../support/shared-stack.ts";

const stack = await sharedStack("prefect");
const api = prefectApi(stack.prefect.apiUrl);
beforeAll(() => void vi.stubEnv("PREFECT_API_URL", stack.prefect.apiUrl));
afterAll(() => void vi.unstubAllEnvs());

const unique = () => `test-${randomUUID().slice(0, 8)}`;

describe("a variable", () => {
  it("whose value is null is there: its fallback is not taken", async () => {
    const name = unique();
    await Variable.set(name, null);
    expect(await Variable.get<string | null>(name, "fallback")).toBeNull();
    await expect(Variable.set(name, 1)).rejects.toThrow(/already exists/);
    await Variable.unset(name);
    expect(await Variable.get<string | null>(name, "fallback")).toBe("fallback");
  });

  it.each([0, "", false])("whose value is %j keeps it", async (value) => {
    const name = unique();
    await Variable.set(name, value);
    expect(await Variable.get<typeof value | null>(name, null)).toBe(value);
    await Variable.unset(name);
  });
});

describe("a secret that was typed as text", () => {
  it.each([
    ["12345678901234567890", "12345678901234567890"],
    ["1.50", "1.50"],
    ["-0", "-0"],
    ["1e400", "1e400"],
    ["0042", "0042"],
    ["42", 42],
    [" -1.5\n", -1.5],
    ['{"user":"musit","port":1521}', { user: "musit", port: 1521 }],
    ["null", null],
    ["pass word", "pass word"],
  ])("%j is read as %j: JSON, unless a number would come back as another", async (value, expected) => {
    const name = unique();
    await makeBlock(api, { type: "Secret", name, data: { value } });
    expect((await Secret.load(name)).get()).toEqual(expected);
  });
});
