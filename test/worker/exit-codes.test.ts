import { describe, expect, it } from "vitest";
import { explainExit } from "../../src/worker/process/exit-codes.ts";

describe("an exit without a receipt", () => {
  it.each([
    [{ code: null, signal: "SIGKILL" as const }, /SIGKILL.*more memory than allowed/],
    [{ code: 137, signal: null }, /code 137.*more memory than allowed/],
    [{ code: null, signal: "SIGTERM" as const }, /SIGTERM.*asked to terminate/],
    [{ code: 143, signal: null }, /code 143.*asked to terminate/],
    [{ code: null, signal: "SIGABRT" as const }, /SIGABRT.*heap is full/],
    [{ code: 0, signal: null }, /code 0.*without telling/],
    [{ code: 1, signal: null }, /code 1: it ended before it told how the run ended/],
    [{ code: 13, signal: null }, /await never came to an end/],
    [{ code: 77, signal: null }, /code 77: it ended before it told how the run ended/],
  ])("%o is explained", (exit, expected) => {
    const { message, remedy } = explainExit(exit);
    expect(message).toMatch(expected);
    expect(remedy).not.toBe("");
  });
});
