import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { captureConsole } from "../../src/runner/console.ts";
import { flow, sleep, task } from "../../src/sdk/index.ts";

const untouched = { ...console };
let lines: string[];

beforeEach(() => {
  lines = [];
  // Without a server a run's logs go to the standard error; vitest's own console writes elsewhere.
  vi.spyOn(process.stderr, "write").mockImplementation((text) => lines.push(String(text)) > 0);
  captureConsole();
});
afterEach(() => {
  vi.restoreAllMocks();
  Object.assign(console, untouched);
});

/** What a flow with `logPrints` logs, without time, level and run. */
async function logged(body: () => unknown): Promise<string[]> {
  await flow({ name: "Prints", logPrints: true }, async () => void (await body()))();
  return lines.map((line) => line.replace(/^.*?Flow run '[^']*' - |^.*?Task run '[^']*' - /, "").trimEnd());
}

it("console.dir reaches the logs, with its options and without colours", async () => {
  const deep = { a: { b: { c: { d: 1 } } } };
  expect(
    await logged(() => {
      console.dir(deep);
      console.dir(deep, { depth: 0, colors: true });
      console.dir("100%");
    }),
  ).toEqual(["{ a: { b: { c: [Object] } } }", "{ a: [Object] }", "'100%'"]);
});

it("what is printed in a group is indented, line by line, until the group ends", async () => {
  expect(
    await logged(() => {
      console.groupEnd();
      console.group("Museum", "NHM");
      console.warn("one\ntwo");
      console.groupCollapsed();
      console.dir({ n: 1 });
      console.groupEnd();
      console.log("three");
      console.groupEnd();
      console.log("four");
    }),
  ).toEqual(["Museum NHM", "  one\n  two", "    { n: 1 }", "  three", "four"]);
});

it("groups are of the run that opened them, and not of others at the same time", async () => {
  const read = task({ name: "Read" }, async (museum: string) => {
    console.group(museum);
    await sleep(0.001);
    console.log(`${museum} is read`);
  });
  const found = await logged(async () => {
    await Promise.all([read("NHM"), read("UM")]);
    console.log("all");
  });
  expect(found.filter((line) => !line.startsWith("Finished"))).toEqual([
    "NHM",
    "UM",
    "  NHM is read",
    "  UM is read",
    "all",
  ]);
});

it("without logPrints they print as ever", async () => {
  const dir = vi.fn();
  Object.assign(console, untouched, { dir });
  captureConsole();
  await flow({ name: "Quiet" }, () => console.dir({ n: 1 }, { depth: 0 }))();
  expect(dir.mock.calls).toEqual([[{ n: 1 }, { depth: 0 }]]);
  expect(lines).toEqual([]);
});
