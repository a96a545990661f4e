import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, expect, it } from "vitest";
import { PrefectClient } from "../../src/prefect/client/client.ts";
import { LogShipper, type ShippedLog } from "../../src/prefect/log-shipper.ts";
import { LogSpool, takeSpooled } from "../../src/prefect/log-spool.ts";
import { loadSettings } from "../../src/prefect/settings/settings.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

/** A server that takes logs, as fast as a test wants it. */
let server: Server;
let client: PrefectClient;
let taken: ShippedLog[];
let sizes: number[];
let largest: number;
let refuse: number | undefined;
/** What the server takes no batch with. */
let poison: string | undefined;
const problems: string[] = [];

beforeEach(async () => {
  [taken, sizes, largest, refuse, poison] = [[], [], 0, undefined, undefined];
  problems.length = 0;
  server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on("data", (part: Buffer) => parts.push(part));
    request.on("end", () => {
      const body = Buffer.concat(parts);
      largest = Math.max(largest, body.length);
      const status = refuse ?? (poison !== undefined && body.includes(poison) ? 422 : 201);
      if (status === 201) {
        const records = JSON.parse(body.toString()) as ShippedLog[];
        sizes.push(records.length);
        taken.push(...records);
      }
      response.writeHead(status, { "content-type": "application/json" }).end("{}");
    });
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address() as AddressInfo;
  client = new PrefectClient(loadSettings({ PREFECT_API_URL: `http://127.0.0.1:${port}/api` }));
});
afterEach(async () => {
  await client.close();
  server.close();
});

const record = (message: string): ShippedLog => ({
  name: "prefect.flow_runs",
  level: 20,
  message,
  timestamp: "2026-01-01T00:00:00.000000Z",
  flow_run_id: "00000000-0000-4000-8000-000000000000",
});
/** What a worker finds in a spool. */
const spooled = async (path: string) =>
  (await Array.fromAsync(takeSpooled(path))).flat().map((line) => (JSON.parse(line) as ShippedLog).message);
const shipper = (spool?: LogSpool) => new LogShipper(client, (text) => problems.push(text), spool);

it("a burst of 100,000 lines arrives whole and in order, in batches that a server takes", async () => {
  const logs = shipper();
  for (let line = 0; line < 100_000; line += 1) logs.add(record(`line ${line}`));
  await logs.flush();
  expect(taken.map(({ message }) => message)).toEqual(Array.from({ length: 100_000 }, (_, n) => `line ${n}`));
  expect(Math.max(...sizes)).toBeLessThanOrEqual(2_000);
  expect(problems).toEqual([]);
});

it("what is more than may wait is dropped, counted and said, by number and by size", async () => {
  const logs = shipper();
  const long = "æ".repeat(200_000);
  for (let line = 0; line < 200; line += 1) logs.add(record(long));
  await logs.flush();
  const told = taken.find(({ message }) => message.includes("were dropped"));
  const dropped = Number(/^(\d+) log records were dropped/.exec(told?.message ?? "")?.[1]);
  expect(told?.level).toBe(30);
  expect(dropped).toBeGreaterThan(0);
  expect(taken.length - 1 + dropped).toBe(200);
  expect(largest).toBeLessThan(4_000_000);
});

it("a message that no server would take is cut, and says so", async () => {
  const logs = shipper();
  logs.add(record("x".repeat(1_000_000)));
  await logs.flush();
  expect(taken[0]?.message).toMatch(/x… \(750000 characters cut\)$/);
});

it("records that the server refuses are said, and do not hold up the others", async () => {
  const logs = shipper();
  refuse = 422;
  logs.add(record("bad"));
  await logs.flush();
  refuse = undefined;
  logs.add(record("good"));
  await logs.flush();
  const said = expect.stringMatching(/^1 log records could not be sent to the server: .*422/);
  expect(problems).toEqual([said]);
  // Among the run's own logs, as soon as the server takes any.
  expect(taken.map(({ message }) => message)).toEqual(["good", said]);
});

it("of a batch with bad records all the others arrive, and how many did not is said among them", async () => {
  const logs = shipper();
  poison = "poison";
  const lines = Array.from({ length: 3_000 }, (_, n) => (n % 700 === 3 ? `poison ${n}` : `line ${n}`));
  for (const line of lines) logs.add(record(line));
  await logs.flush();
  const good = lines.filter((line) => line.startsWith("line"));
  expect(taken.filter(({ level }) => level === 20).map(({ message }) => message)).toEqual(good);
  const counts = taken.filter(({ level }) => level === 40).map(({ message }) => Number.parseInt(message, 10));
  expect(counts).toEqual([3, 2]);
});

it("a server that refuses everything is not asked for each record", async () => {
  const logs = shipper();
  let asked = 0;
  server.on("request", () => {
    asked += 1;
  });
  refuse = 422;
  for (let line = 0; line < 2_000; line += 1) logs.add(record(`line ${line}`));
  await logs.flush();
  expect(problems).toEqual([expect.stringMatching(/^2000 log records could not be sent/)]);
  expect(asked).toBeLessThan(200);
});

it("half of a surrogate pair costs no line, nor does one that a cut would have made", async () => {
  const logs = shipper();
  logs.add(record("\ud83d"));
  logs.add(record(`${"x".repeat(249_999)}🦊`));
  await logs.flush();
  expect(taken[0]?.message).toBe("\ufffd");
  expect(taken[1]?.message).toMatch(/^x+… \(2 characters cut\)$/);
});

it("what was not sent when a process ended is found in its spool, and nothing else", async () => {
  const path = join(await temporaryFolder(), "spool");
  const logs = shipper(new LogSpool(path));
  logs.add(record("sent – ø"));
  await logs.flush();
  logs.add(record("left – å"));
  logs.add(record("left too"));
  expect(await spooled(path)).toEqual(["left – å", "left too"]);
  expect(await spooled(path)).toEqual([]);
  await logs.flush();
});

it("a spool that cannot be written costs no log", async () => {
  const logs = shipper(new LogSpool("/dev/null/nowhere/spool"));
  logs.add(record("fine"));
  await logs.flush();
  expect(taken.map(({ message }) => message)).toEqual(["fine"]);
});

it("what is held back is sent when it is released, or by a flush, in order", async () => {
  const logs = shipper();
  logs.hold();
  logs.add(record("first"));
  await sleep(300);
  expect(taken).toEqual([]);
  expect(logs.waiting).toBe(1);
  logs.release();
  await expect.poll(() => taken.map(({ message }) => message)).toEqual(["first"]);
  logs.hold();
  logs.add(record("second"));
  logs.add(record("third"));
  await logs.flush();
  expect(taken.map(({ message }) => message)).toEqual(["first", "second", "third"]);
  expect(logs.waiting).toBe(0);
});

it("a flush waits for what was logged before it, and not for code that logs on and on", async () => {
  let goesOn = true;
  const logging = {
    sendLogs: async (records: ShippedLog[]) => {
      await client.sendLogs(records);
      if (goesOn) logs.add(record("more"));
    },
  };
  const logs = new LogShipper(logging, (text) => problems.push(text));
  for (let n = 0; n < 3_000; n += 1) logs.add(record(`${n}`));
  await logs.flush();
  expect(taken.filter(({ message }) => message !== "more")).toHaveLength(3_000);
  goesOn = false;
  await logs.flush();
  expect(logs.waiting).toBe(0);
});

it("a hold stops what is being sent between two batches, but not a flush", async () => {
  const logs = shipper();
  for (let line = 0; line < 10_000; line += 1) logs.add(record(`line ${line}`));
  logs.release();
  logs.hold();
  await expect.poll(() => sizes).toEqual([2_000]);
  await sleep(300);
  expect(sizes).toEqual([2_000]);
  const flushed = logs.flush();
  logs.hold();
  await flushed;
  expect(taken.map(({ message }) => message)).toEqual(Array.from({ length: 10_000 }, (_, n) => `line ${n}`));
});
