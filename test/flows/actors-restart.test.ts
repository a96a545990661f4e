import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { seededRandom } from "../../dev/data/random.ts";
import { startStack } from "../../dev/stack/index.ts";
import { openSpecify } from "../../src/specify/database.ts";
import { closedPort } from "../oracle/support/stand-in.ts";
import { freshSpecify } from "../specify/support/fresh-specify.ts";
import { sharedStack } from "../support/shared-stack.ts";
import { startTcpProxy } from "../support/tcp-proxy.ts";
import { waitFor } from "../support/wait-for.ts";
import { migratedAgents, removeMigratedAgents, startActors } from "./support/actors.ts";
import { startActorsRun } from "./support/actors-run.ts";
import { oracleEnvironment, specifyEnvironment } from "./support/museum.ts";

const KILLS = 20;
/** Another seed makes other moments: PREFECT_TS_TEST_SEED=7 npm test -- test/flows/actors-restart.test.ts */
const SEED = Number(process.env.PREFECT_TS_TEST_SEED ?? 20_260_410);

const { env } = await sharedStack("s3");
const oracle = await startActors({ botany: 1_800, entomology: 200 });
const ALL = 2_000;
const settings = await freshSpecify();
const specify = await openSpecify(settings);
afterAll(() => specify.close());
const proxy = await startTcpProxy(settings);
/** Through the proxy, and with batches small enough that there are many moments between two of them. */
const environment = {
  ...env,
  ...oracleEnvironment(oracle),
  ...specifyEnvironment({ ...settings, port: proxy.port }),
  S3_BUCKET: "",
  DATABASE_BATCH_ROWS: "25",
};

let undisturbed: Record<string, unknown>[];
let bytes: number;

beforeAll(async () => {
  const before = proxy.sent();
  const { code, stdout } = await startActorsRun(environment).ended;
  expect(code, stdout).toBe(0);
  bytes = proxy.sent() - before;
  undisturbed = await migratedAgents(specify);
  expect(undisturbed).toHaveLength(ALL);
});

/** How many actors are in Specify, so far. */
async function agentCount(): Promise<number> {
  const [row] = await specify.query<{ n: number }>(
    "SELECT COUNT(*) AS n FROM agent WHERE Remarks LIKE 'MUSIT-migration: ACTOR; %'",
  );
  return row?.n ?? 0;
}

describe("a migration that is interrupted and started again ends as if nothing had happened", () => {
  test(`killed ${KILLS} times, at random moments (seed ${SEED})`, async () => {
    await removeMigratedAgents(specify);
    const random = seededRandom(SEED);
    const counts: number[] = [];
    for (let kill = 0; kill < KILLS; kill += 1) {
      const left = 1 - (await agentCount()) / ALL;
      const run = startActorsRun(environment);
      // Counted in what it has sent to the database: alike on fast and slow machines, and in the middle of anything.
      proxy.after(Math.ceil((random.below(200) / 1000) * bytes * left), () => run.process.kill("SIGKILL"));
      const { signal, stderr } = await run.ended;
      expect(signal, stderr).toBe("SIGKILL");
      counts.push(await agentCount());
    }
    console.log(`seed ${SEED}: agents in Specify after each kill: ${counts.join(", ")}`);
    expect(new Set(counts).size).toBeGreaterThan(3);
    const { code, stdout, stderr } = await startActorsRun(environment).ended;
    expect(code, stderr).toBe(0);
    const there = counts.at(-1) ?? 0;
    const result = JSON.parse(stdout) as { agents_created: number; agents_skipped: number };
    expect(result.agents_created + result.agents_skipped).toBe(ALL);
    expect(result.agents_skipped).toBeGreaterThanOrEqual(there);
    expect(await migratedAgents(specify)).toEqual(undisturbed);
  }, 240_000);

  test("cut off from the database at random moments, it connects again and doubles nothing", async () => {
    await removeMigratedAgents(specify);
    const random = seededRandom(SEED + 1);
    let cuts = 0;
    const cutAgain = (): void => {
      cuts += 1;
      // Sometimes only the client learns of it: the server keeps the lost connection, and with it the lock.
      if (cuts % 2 === 0) proxy.hold();
      else proxy.cut();
      if (cuts < 8) proxy.after(Math.ceil((random.below(100) / 1000) * bytes), cutAgain);
    };
    proxy.after(Math.ceil(bytes * 0.05), cutAgain);
    const { code, stderr } = await startActorsRun(environment).ended;
    expect(code, stderr).toBe(0);
    expect(cuts).toBeGreaterThan(3);
    expect(stderr).toContain("The connection to Specify's database was lost");
    expect(await migratedAgents(specify)).toEqual(undisturbed);
  }, 120_000);

  test("with the database away for a while it waits, and then goes on", async () => {
    await removeMigratedAgents(specify);
    proxy.after(Math.ceil(bytes * 0.5), () => proxy.refuse());
    const run = startActorsRun(environment);
    const tries = () => run.stderr().split("database was lost").length - 1;
    await waitFor(() => tries() >= 4, { what: "four tries have failed", timeoutMs: 60_000 });
    proxy.allow();
    const { code, stderr } = await run.ended;
    expect(code, stderr).toBe(0);
    expect(await migratedAgents(specify)).toEqual(undisturbed);
  }, 120_000);

  test("with another run that does all the rest while it is away from the database, it doubles nothing", async () => {
    await removeMigratedAgents(specify);
    proxy.after(Math.ceil(bytes * 0.4), () => proxy.refuse());
    const one = startActorsRun(environment);
    await waitFor(() => one.stderr().includes("database was lost"), {
      what: "the first run has lost the database",
      timeoutMs: 60_000,
    });
    const two = await startActorsRun({ ...environment, DATABASE_PORT: String(settings.port) }).ended;
    expect(two.code, two.stderr).toBe(0);
    expect(await agentCount()).toBe(ALL);
    proxy.allow();
    const { code, stdout, stderr } = await one.ended;
    expect(code, stderr).toBe(0);
    expect(await migratedAgents(specify)).toEqual(undisturbed);
    // Each says what it has done itself.
    const counts = JSON.parse(two.stdout) as { agents_created: number; agents_skipped: number };
    expect(counts.agents_created).toBeGreaterThan(0);
    expect(counts.agents_created).toBeLessThan(ALL);
    expect(JSON.parse(stdout)).toMatchObject({
      agents_created: counts.agents_skipped,
      agents_skipped: counts.agents_created,
    });
    expect(stderr).toMatch(/\d+ actors came in by another run meanwhile, and are skipped/);
  }, 120_000);

  test("with the database server stopped and started again, it goes on", async () => {
    const stack = await startStack({ services: ["mariadb"] });
    const { host, port, user, password, database } = stack.mariadb;
    await using own = await openSpecify({ host, port, user, password, database });
    const through = await startTcpProxy({ host, port });
    try {
      let restarted: Promise<void> | undefined;
      through.after(Math.ceil(bytes * 0.5), () => {
        restarted = stack.mariadb.start();
      });
      const place = specifyEnvironment({ host, user, password, database, port: through.port });
      const { code, stderr } = await startActorsRun({ ...environment, ...place }).ended;
      expect(restarted, "the server was started again in the middle").toBeDefined();
      await restarted;
      expect(code, stderr).toBe(0);
      expect(stderr).toContain("The connection to Specify's database was lost");
      expect(await migratedAgents(own)).toEqual(undisturbed);
    } finally {
      await stack.close();
    }
  }, 180_000);

  test("cut off from Oracle in the middle of the rows, it goes on behind the last one", async () => {
    await removeMigratedAgents(specify);
    oracle.faults.set({ cutAfterRows: 700, times: 3 });
    const { code, stderr } = await startActorsRun(environment).ended;
    oracle.faults.clear();
    expect(code, stderr).toBe(0);
    expect(stderr).toContain("Lost the connection to Oracle while reading MUSIT_BOTANIKK_FELLES.ACTOR");
    expect(await migratedAgents(specify)).toEqual(undisturbed);
  }, 120_000);

  test("with the object storage away the run fails in words, and the migration is done", async () => {
    await removeMigratedAgents(specify);
    const away = {
      S3_BUCKET: env.S3_BUCKET ?? "",
      S3_ENDPOINT_URL: `http://127.0.0.1:${await closedPort()}`,
    };
    const { code, stderr } = await startActorsRun({ ...environment, ...away }).ended;
    expect(code).toBe(1);
    expect(stderr).toMatch(/for the report could not be looked at \(server-unreachable/);
    expect(stderr).toMatch(/Retry 2\/2/);
    expect(stderr).toMatch(/the actors are done; only their report is missing\): server-unreachable/);
    expect(await migratedAgents(specify)).toEqual(undisturbed);
  }, 120_000);
});

test("of two at once the second is refused, in words that say which run holds the lock, and changes nothing", async () => {
  await removeMigratedAgents(specify);
  // The first one has the lock, and waits at its first agent for as long as the division's row is held here.
  const blocking = await specify.dedicatedConnection();
  await blocking.beginTransaction();
  await blocking.query("SELECT 1 FROM division FOR UPDATE");
  const first = startActorsRun(environment);
  await waitFor(() => first.stderr().includes("agents have come from here before"), {
    what: "the first run has the lock",
    timeoutMs: 60_000,
  });
  const two = await startActorsRun(environment).ended;
  await blocking.end();
  const one = await first.ended;
  expect(two.code).toBe(1);
  expect(two.stderr).toMatch(
    new RegExp(
      `Another run of "Migrate MUSIT Actors" is writing to the database ${settings.database} right now: ` +
        `process ${first.process.pid} on \\S+, outside of any flow run, connection \\d+`,
    ),
  );
  expect(one.code, one.stderr).toBe(0);
  expect(await migratedAgents(specify)).toEqual(undisturbed);
}, 120_000);
