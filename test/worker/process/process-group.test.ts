import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect, it } from "vitest";
import { CommandProcess } from "../../../src/worker/process/command-process.ts";
import { ProcessGroup } from "../../../src/worker/process/process-group.ts";
import { isRunning } from "../../support/processes.ts";
import { waitFor } from "../../support/wait-for.ts";

it("children of a process end with it, though they hold its output open", async () => {
  const child = spawn("sh", ["-c", "sleep 600 & echo $!; exit 3"], { detached: true });
  const group = new ProcessGroup(child);
  const [line] = await once(child.stdout.setEncoding("utf8"), "data");
  expect(await group.exited).toEqual({ code: 3, signal: null });
  await waitFor(() => !isRunning(Number(line)), { what: "the child has ended" });
});

it("a command that has ended already may still be cancelled", async () => {
  const command = new CommandProcess("exit 0", { cwd: ".", env: process.env });
  command.go();
  await command.exited;
  command.cancel();
  await command.stop(1_000);
});
