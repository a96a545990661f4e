import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { expect, test } from "vitest";
import { isRunning } from "../../support/processes.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";
import { waitFor } from "../../support/wait-for.ts";

const STARTER = join(import.meta.dirname, "support", "starter-process.ts");

/** A process that starts a MariaDB and a git server, tells where, and waits. */
async function startElsewhere() {
  const folder = join(await temporaryFolder(), "stack");
  const parent = spawn(process.execPath, [STARTER, folder], { stdio: ["ignore", "pipe", "inherit"] });
  const [line] = (await once(createInterface(parent.stdout), "line")) as [string];
  return { folder, parent, services: JSON.parse(line) as number[] };
}

test.each(["SIGKILL", "SIGINT", "SIGTERM"] as const)(
  "services and folder of a stack go when the process that started it is ended by %s",
  async (signal) => {
    const { folder, parent, services } = await startElsewhere();
    expect(services.filter(isRunning)).toEqual(services);
    parent.kill(signal);
    await once(parent, "exit");
    await waitFor(() => !services.some(isRunning) && !existsSync(folder), {
      what: "the guard has cleaned up",
    });
  },
);
