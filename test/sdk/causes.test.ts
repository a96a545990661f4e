import { expect, it } from "vitest";
import { inScope } from "../../src/sdk/context.ts";
import { causesOf, describeError } from "../../src/sdk/engine/describe-error.ts";
import { flowRunScope } from "../../src/sdk/engine/flow-run-scope.ts";
import { logger } from "../../src/sdk/index.ts";

let nested = new Error("the disk was full");
for (let level = 1; level < 10; level += 1) nested = new Error(`level ${level}`, { cause: nested });

it("what is told of an error has its root, however many causes lie between", () => {
  expect(describeError(nested).stack).toContain("[cause]: Error: the disk was full");
});

it("what is logged of an error has its root", () => {
  const messages: string[] = [];
  const recorder = {
    log: ({ message }: { message: string }) => void messages.push(message),
    taskRunChanged: () => undefined,
    server: undefined,
  };
  const scope = flowRunScope({ flowName: "F", flowRunName: "f", parameters: {}, recorder });
  inScope({ flowRun: scope }, () => logger.error("It failed:", nested));
  expect(messages[0]).toContain("[cause]: Error: the disk was full");
});

it("an error that is its own cause has an end", () => {
  const own: Error = new Error("own");
  own.cause = own;
  expect(causesOf(own)).toBe(0);
  expect(describeError(own).message).toBe("Error: own");
});
