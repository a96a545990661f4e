import { expect, test } from "vitest";
import { Closers } from "../../../dev/stack/closers.ts";

test("what was opened last is closed first, and each thing once", async () => {
  const closed: string[] = [];
  const closers = new Closers();
  closers.add("folder", () => void closed.push("folder"));
  closers.add("server", async () => void closed.push("server"));
  await closers.close();
  await closers.close();
  expect(closed).toEqual(["server", "folder"]);
});

test("one that fails does not keep the others open, and its error is told", async () => {
  const closed: string[] = [];
  const closers = new Closers();
  closers.add("folder", () => void closed.push("folder"));
  closers.add("server", () => {
    throw new Error("it does not answer");
  });
  await expect(closers.close()).rejects.toThrow("could not stop server: it does not answer");
  expect(closed).toEqual(["folder"]);
});
