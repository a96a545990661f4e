import { afterAll, expect, test } from "vitest";
import { loadUsers } from "../../../src/flows/users/load.ts";
import type { OracleUser } from "../../../src/flows/users/oracle-users.ts";
import { openSpecify } from "../../../src/specify/database.ts";
import type { SpecifySettings } from "../../../src/specify/settings.ts";
import { insertUser } from "../../../src/specify/users.ts";
import { freshSpecify } from "../../specify/support/fresh-specify.ts";
import { startTcpProxy } from "../../support/tcp-proxy.ts";

const settings = await freshSpecify();
const specify = await openSpecify(settings);
afterAll(() => specify.close());

const ALL = 1_100;
const users = Array.from({ length: ALL }, (_none, index): OracleUser => {
  return {
    userName: `user${index}`,
    name: `Family${index}, ${index === 5 ? "Å".repeat(60) : "Given"}`,
    email: `user${index}@example.org`,
    feide: null,
    institution: null,
    admin: null,
  };
});

function load(
  into: SpecifySettings,
  log: (line: string) => void = () => undefined,
  { signal } = new AbortController(),
) {
  return loadUsers(users, into, { dryRun: false, holder: "a test", signal, log });
}

test("a run that loses the database while another brings in all the rest doubles no user and no agent", async () => {
  // Two have lost their agent: one is repaired before the connection is lost, and one by the other run.
  for (const name of ["user3", "user1003"]) {
    await insertUser(specify, { name, email: null }, { collectionIds: [], groupIds: [] });
  }
  const proxy = await startTcpProxy(settings);
  let other: ReturnType<typeof load> | undefined;
  const lines: string[] = [];
  const one = await load({ ...settings, host: "127.0.0.1", port: proxy.port }, (line) => {
    lines.push(line);
    if (!line.startsWith("Wrote 500 ")) return;
    proxy.refuse();
    other = load(settings).finally(() => proxy.allow());
  });
  const two = await other;
  expect(one.written).toMatchObject({ created: 499, repaired: 1, present: 600, errors: [] });
  expect(one.plan.present).toBe(600);
  expect(two?.written).toMatchObject({ created: 599, repaired: 1, present: 0, errors: [] });
  expect(two?.plan.present).toBe(500);
  expect(lines).toContain("600 users came in by another run meanwhile, and were skipped");
  const [row] = await specify.query(
    `SELECT COUNT(*) AS agents, COUNT(DISTINCT SpecifyUserID) AS users FROM agent WHERE Remarks LIKE 'MUSIT-migration: USR=%'`,
  );
  expect(row).toEqual({ agents: ALL, users: ALL });
}, 60_000);

test("a run that stops says what was cut short and refused in it, since it has no report", async () => {
  const own = await freshSpecify();
  await using database = await openSpecify(own);
  await database.query("ALTER TABLE specifyuser ADD CONSTRAINT not_seven CHECK (Name <> 'user7')");
  const stop = new AbortController();
  const lines: string[] = [];
  const loading = load(
    own,
    (line) => {
      lines.push(line);
      if (line.startsWith("Wrote 500")) stop.abort(new Error("cancelled by a person"));
    },
    stop,
  );
  await expect(loading).rejects.toThrow("cancelled by a person");
  expect(lines.slice(-3)).toEqual([
    expect.stringMatching(/^Stopped after 500 of 1100 users.*what was cut short or refused follows\.$/),
    expect.stringMatching(/^Error migrating user 'user7': CONSTRAINT `not_seven` failed/),
    "user5: agent.FirstName had 60 characters, cut to 50",
  ]);
}, 60_000);
