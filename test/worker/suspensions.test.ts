import { describe, expect, it } from "vitest";
import type { State } from "../../src/prefect/api-types.ts";
import { suspensionSince } from "../../src/worker/suspensions.ts";

const types: Record<string, string> = { Resuming: "SCHEDULED", Suspended: "PAUSED", Claim: "PENDING" };
const history = (...names: string[]) =>
  names.map((name, index) => ({ id: `${index}`, name, type: types[name] ?? name.toUpperCase() }) as State);

describe("what became of a run since a claim", () => {
  it.each<[string, string[], string, string | undefined]>([
    ["nothing", ["Scheduled", "Claim", "Running"], "1", undefined],
    ["it is paused in its process", ["Scheduled", "Claim", "Running", "Paused"], "1", undefined],
    ["suspended", ["Scheduled", "Claim", "Running", "Suspended"], "1", "suspended"],
    ["resumed", ["Claim", "Running", "Suspended", "Resuming"], "0", "resumed"],
    [
      "resumed and claimed",
      ["Claim", "Running", "Suspended", "Resuming", "Claim", "Running"],
      "0",
      "resumed",
    ],
    ["nothing, the suspension was before", ["Claim", "Suspended", "Resuming", "Claim"], "3", undefined],
    ["unknown, as the claim is not there", ["Claim", "Suspended"], "7", undefined],
  ])("%s", (_, names, claim, found) => expect(suspensionSince(history(...names), claim)).toBe(found));
});
