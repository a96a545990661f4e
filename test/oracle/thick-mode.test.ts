import { execFile } from "node:child_process";
import { createServer, type Socket } from "node:net";
import { promisify } from "node:util";
import { beforeAll, expect, test } from "vitest";
import { type InstantClient, installInstantClient } from "../../dev/stack/instant-client.ts";
import type { OracleDiagnosis } from "../../src/oracle/diagnose.ts";
import { closedPort, listening } from "./support/stand-in.ts";

const PROBE = new URL("support/thick-probe.ts", import.meta.url).pathname;

let client: InstantClient;
beforeAll(async () => {
  client = await installInstantClient((text) => process.stderr.write(`[instant client] ${text}\n`));
}, 300_000);

/** What a process of its own gets that connects in thick mode: Oracle's library is loaded once a process. */
interface Probed {
  log: string[];
  diagnosis: OracleDiagnosis;
}

async function probe(folder: string, port: number, environment: Record<string, string>): Promise<Probed> {
  const args = [PROBE, folder, String(port)];
  const { PATH = "" } = process.env;
  const { stdout } = await promisify(execFile)(process.execPath, args, {
    env: { PATH, ...environment },
    timeout: 50_000,
  });
  return JSON.parse(stdout);
}

test("loads Instant Client 19.3, and a port where nobody listens is ORA-12541", async () => {
  const { log, diagnosis } = await probe(client.folder, await closedPort(), {
    LD_LIBRARY_PATH: client.folder,
  });
  expect(log).toEqual([`Oracle Instant Client 19.3.0.0.0 loaded from ${client.folder}.`]);
  expect(diagnosis).toMatchObject({ pattern: "listener-unreachable", code: "ORA-12541" });
});

test("without LD_LIBRARY_PATH the libraries that the client itself needs are not found: DPI-1047", async () => {
  const { diagnosis } = await probe(client.folder, await closedPort(), {});
  expect(diagnosis).toMatchObject({ pattern: "instant-client-not-found", code: "DPI-1047" });
  expect(diagnosis.message).toContain("libnnz19.so");
  expect(diagnosis.whatToDo).toContain("LD_LIBRARY_PATH");
});

test("a wrong folder is DPI-1047 and the message names it", async () => {
  const { diagnosis } = await probe("/no/such/folder", await closedPort(), {});
  expect(diagnosis).toMatchObject({ pattern: "instant-client-not-found", code: "DPI-1047" });
  expect(diagnosis.message).toContain("/no/such/folder/libclntsh.so");
});

test("a server that accepts and is mute ends in a clear error, and the process can end", async () => {
  const sockets = new Set<Socket>();
  const mute = await listening(
    createServer((socket) => sockets.add(socket.on("error", () => socket.destroy()))),
  );
  try {
    const { port } = mute.address() as { port: number };
    const { diagnosis } = await probe(client.folder, port, client.env);
    expect(["server-silent", "timeout"]).toContain(diagnosis.pattern);
  } finally {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => mute.close(resolve));
  }
});
