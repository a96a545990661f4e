import oracledb from "oracledb";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { OracleServer } from "../../../dev/oracle/server.ts";
import { connect, failure, startServer } from "./support.ts";

describe("logging in to the stand-in", () => {
  let server: OracleServer;
  const attempt = (user: string, password: string, target = `/${server.service}`) =>
    oracledb.getConnection({ user, password, connectString: `${server.host}:${server.port}${target}` });

  beforeAll(async () => {
    server = await startServer();
  });
  afterEach(() => server.faults.clear());
  afterAll(async () => {
    await server.close();
  });

  test("the right password opens a session that knows its server", async () => {
    const connection = await connect(server);
    expect([connection.thin, connection.oracleServerVersionString, connection.serviceName]).toEqual([
      true,
      "19.3.0.0.0",
      "musit",
    ]);
    await connection.close();
  });

  test.each([
    ["TESTER", "wrong", 1017],
    ["nobody", "Right-1", 1017],
    ["locked", "Right-1", 28000],
    ["expired", "Right-1", 28001],
    ["locked", "wrong", 1017],
  ])("user %s with password %s is refused with ORA-%i", async (user, password, code) => {
    expect((await failure(attempt(user, password))).errorNum).toBe(code);
  });

  test("a service or SID that is not there is refused, one that is there is not, whatever the case", async () => {
    const sid = (name: string) =>
      attempt("tester", "Right-1", "").catch(() =>
        oracledb.getConnection({
          user: "tester",
          password: "Right-1",
          connectString: `(DESCRIPTION=(ADDRESS=(PROTOCOL=tcp)(HOST=${server.host})(PORT=${server.port}))(CONNECT_DATA=(SID=${name})))`,
        }),
      );
    expect((await failure(attempt("tester", "Right-1", "/nowhere"))).message).toMatch(/^NJS-518/);
    expect((await failure(sid("nowhere"))).message).toMatch(/^NJS-519/);
    await (await attempt("tester", "Right-1", "/Other.Service")).close();
    await (await sid("orcl")).close();
  });

  test("a long connect descriptor comes in a packet of its own and is understood", async () => {
    const address = `(ADDRESS=(PROTOCOL=tcp)(HOST=${server.host})(PORT=${server.port}))`;
    const connection = await oracledb.getConnection({
      user: "tester",
      password: "Right-1",
      connectString: `(DESCRIPTION=(ADDRESS_LIST=${address.repeat(6)})(CONNECT_DATA=(SERVICE_NAME=musit)))`,
    });
    await connection.close();
  });

  test("any refusal that is asked for is given, as often as it is asked for", async () => {
    server.faults.set({ refuse: 12528, times: 1 });
    const error = await failure(attempt("tester", "Right-1"));
    expect(error.message).toMatch(/^NJS-511/);
    expect(error.message).toContain("ORA-12528");
    await (await connect(server)).close();
  });

  test("native encryption that is demanded ends thin mode with NJS-533 and ORA-12660", async () => {
    server.faults.set({ demandEncryption: true });
    const error = await failure(attempt("tester", "Right-1"));
    expect(error.message).toMatch(/^NJS-533/);
    expect(error.message).toContain("ORA-12660");
  });

  test("a listener that closes at once or never answers is reported as such", async () => {
    server.faults.set({ closeAtConnect: true });
    expect((await failure(attempt("tester", "Right-1"))).message).toMatch(/^NJS-500/);
    server.faults.set({ mute: "listener" });
    expect((await failure(attempt("tester", "Right-1", "/musit?connect_timeout=0.2"))).message).toMatch(
      /^NJS-510/,
    );
  });

  test("no password appears in the log", async () => {
    const lines: string[] = [];
    const logged = await startServer([], {
      log: (event, details) => lines.push(JSON.stringify({ event, ...details })),
    });
    await (await connect(logged)).close();
    const wrong = oracledb.getConnection({
      user: "tester",
      password: "Wr0ng-secret",
      connectString: `${logged.host}:${logged.port}/MUSIT`,
    });
    await failure(wrong);
    await logged.close();
    expect(lines.join("\n")).toContain("session");
    expect(lines.join("\n")).not.toMatch(/Right-1|Wr0ng-secret/);
  });
});
