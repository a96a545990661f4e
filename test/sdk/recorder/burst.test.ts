import { fork } from "node:child_process";
import { once } from "node:events";
import { readdir } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, expect, it } from "vitest";
import { temporaryFolder } from "../../support/temporary-folder.ts";

const entry = join(import.meta.dirname, "support/log-burst-process.ts");
/** A server that takes logs. */
let server: Server;
let sent: { level: number; message: string }[];

beforeAll(async () => {
  server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on("data", (part: Buffer) => parts.push(part));
    request.on("end", () => {
      sent.push(...(JSON.parse(Buffer.concat(parts).toString()) as typeof sent));
      response.writeHead(201, { "content-type": "application/json" }).end("null");
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
});
afterAll(() => {
  server.close();
});

const counted = (text: string | undefined, pattern: RegExp) => Number(pattern.exec(text ?? "")?.[1] ?? 0);

it.each([100_000, 1_000_000])(
  "%d lines without a pause: what arrives and what is said to be dropped are all of them, in bounded memory",
  async (lines) => {
    sent = [];
    const folder = await temporaryFolder();
    const { port } = server.address() as AddressInfo;
    const child = fork(entry, [String(lines), join(folder, "spool")], {
      env: { ...process.env, PREFECT_API_URL: `http://127.0.0.1:${port}/api`, PREFECT_HOME: folder },
      // As a run: with new objects of its own bounded, and old ones, so that what grows would end it.
      execArgv: ["--max-semi-space-size=4", "--max-old-space-size=256"],
      stdio: ["ignore", "pipe", "inherit", "ipc"],
    });
    let [printed, unprinted] = [0, 0];
    const reader = createInterface({ input: child.stdout as NonNullable<typeof child.stdout> });
    reader.on("line", (line) => {
      if (/ - line \d+ of a burst/.test(line)) printed += 1;
      unprinted += counted(line, /(\d+) lines were not printed here/);
    });
    let highWater = Number.POSITIVE_INFINITY;
    child.on("message", (message: { highWater: number }) => {
      highWater = message.highWater;
    });
    const [code, signal] = await once(child, "close");
    expect({ code, signal }).toEqual({ code: 0, signal: null });
    const arrived = sent.filter(({ level }) => level === 20);
    const dropped = sent.reduce(
      (sum, { message }) => sum + counted(message, /^(\d+) log records were dropped/),
      0,
    );
    expect(arrived.length + dropped).toBe(lines);
    expect(arrived.length).toBeGreaterThanOrEqual(100_000);
    // The first ones, in their order.
    expect(arrived.map(({ message }) => Number(/line (\d+)/.exec(message)?.[1]))).toEqual(
      Array.from({ length: arrived.length }, (_, line) => line),
    );
    expect(printed + unprinted).toBe(lines);
    expect(highWater).toBeLessThan(450_000_000);
    // Of the spool one file is left, for the next line.
    expect((await readdir(folder)).filter((name) => name.startsWith("spool"))).toHaveLength(1);
  },
  240_000,
);
