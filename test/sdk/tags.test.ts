import { expect, it } from "vitest";
import { flow, tags, task } from "../../src/sdk/index.ts";

/** The tags of each task run, by its name. */
const seen: Record<string, string[]> = {};
const look = task(
  {
    name: "Look",
    taskRunName: "{name}",
    tags: ["own", "a"],
    onCompletion: [
      (run) => {
        seen[run.name] = run.tags;
      },
    ],
  },
  (name: string) => name,
);

it("task runs have their own tags and those around their call, each once", async () => {
  await flow({ name: "Tagged" }, async () => {
    await look("outside");
    const future = await tags(["a", "b"], async () => {
      await look("inside");
      await tags(["c"], async () => {
        await look("deeper");
      });
      await look("inside again");
      return { run: look.submit("submitted") };
    });
    await future.run;
    await look("behind");
  })();
  expect(seen).toEqual({
    outside: ["own", "a"],
    inside: ["own", "a", "b"],
    deeper: ["own", "a", "c", "b"],
    "inside again": ["own", "a", "b"],
    submitted: ["own", "a", "b"],
    behind: ["own", "a"],
  });
});

it("what runs at the same time does not share tags, and the body is given those that hold", async () => {
  const [one, other] = await Promise.all([
    tags(["one"], async (current) => {
      await new Promise((resolve) => setTimeout(resolve, 5));
      return tags(["deep"], (deeper) => [current, deeper]);
    }),
    tags(["other"], (current) => [current]),
  ]);
  expect(one).toEqual([["one"], ["deep", "one"]]);
  expect(other).toEqual([["other"]]);
});
