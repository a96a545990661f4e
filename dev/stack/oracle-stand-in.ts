import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { StackContext } from "./context.ts";
import { PROJECT } from "./install/cache.ts";
import { waitUntilReady } from "./ready.ts";
import { startServiceProcess } from "./service-process.ts";

const READY_MS = 120_000;

/** Starts the stand-in with the generated museum data, and waits until its rows are loaded. */
export async function startStandIn(
  context: StackContext,
): Promise<{ host: string; port: number; service: string }> {
  const server = startServiceProcess(context, {
    name: "oracle",
    command: process.execPath,
    args: [
      join(PROJECT, "dev", "oracle", "main.ts"),
      ...["--data", join(PROJECT, "dev", "data", "oracle.ts")],
      ...["--database", join(context.folder, "oracle.db")],
    ],
  });
  // It prints where it listens when all is loaded.
  const probe = async () => {
    const line = (await readFile(server.logFile, "utf8"))
      .split("\n")
      .find((text) => text.startsWith('{"host":'));
    if (line === undefined) throw new Error("it has not said where it listens yet");
    return JSON.parse(line) as { host: string; port: number; service: string };
  };
  return await waitUntilReady(server, probe, { timeoutMs: READY_MS, signal: context.signal });
}
