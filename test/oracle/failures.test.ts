import { createServer, type Socket } from "node:net";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { FaultSettings } from "../../dev/oracle/faults.ts";
import type { OracleServer } from "../../dev/oracle/server.ts";
import { connectOracle } from "../../src/oracle/connect.ts";
import { diagnoseOracle } from "../../src/oracle/diagnose.ts";
import { oracleFailurePatterns } from "../../src/oracle/failure-patterns.ts";
import { type OracleSettings, readOracleSettings } from "../../src/oracle/settings.ts";
import { fullListener } from "./support/full-listener.ts";
import { closedPort, listening, settingsFor, startStandIn } from "./support/stand-in.ts";

let server: OracleServer;
beforeAll(async () => {
  server = await startStandIn();
});
afterEach(() => server.faults.clear());
afterAll(async () => {
  await server.close();
  // Connections that were given up must be collected quietly: here the driver once threw where nobody could catch it.
  for (let round = 0; round < 3; round += 1) {
    collectGarbage();
    await new Promise((resolve) => setImmediate(resolve));
  }
});

function collectGarbage(): void {
  setFlagsFromString("--expose-gc");
  (runInNewContext("gc") as () => void)();
}

/** Every pattern that a test of this file has produced. */
const produced = new Set<string>();

/** The pattern and code of what connecting and reading all rows ends with. */
async function failure(changed: Partial<OracleSettings>, faults: FaultSettings = {}): Promise<string> {
  server.faults.set(faults);
  const error = await readAll(changed).then(
    () => new Error("it worked"),
    (thrown: unknown) => thrown,
  );
  const { pattern, code, message, cause, whatToDo } = diagnoseOracle(error);
  produced.add(pattern);
  expect(`${message} ${cause} ${whatToDo}`).not.toContain("right-password");
  return `${pattern} ${code}`;
}

async function readAll(changed: Partial<OracleSettings>): Promise<void> {
  await using session = await connectOracle(settingsFor(server, changed));
  await session.query("SELECT ID, TEXT FROM TRIAL.MANY");
}

describe("the pattern of a failure that the genuine driver reports", () => {
  test("nobody listens", async () => {
    expect(await failure({ port: await closedPort() })).toBe("listener-unreachable NJS-503");
  });

  test("the host name is unknown", async () => {
    expect(await failure({ host: "no-such-host.invalid" })).toMatch(/^host-name-unknown /);
  });

  test("the service is not registered", async () => {
    expect(await failure({ service: "WRONG" })).toBe("wrong-service NJS-518");
  });

  test("the listener refuses for another reason", async () => {
    expect(await failure({}, { refuse: 12528 })).toBe("connection-refused-by-listener NJS-511");
  });

  test("the password is wrong", async () => {
    expect(await failure({ password: "wrong" })).toBe("wrong-password ORA-01017");
  });

  test("the account is locked", async () => {
    expect(await failure({ user: "locked" })).toBe("account-locked ORA-28000");
  });

  test("the password has expired", async () => {
    expect(await failure({ user: "expired" })).toBe("password-expired ORA-28001");
  });

  test("the server wants native encryption", async () => {
    expect(await failure({}, { demandEncryption: true })).toMatch(
      /^native-encryption-required (?:NJS-533|ORA-12660)$/,
    );
  });

  test("the listener refuses for want of native encryption", async () => {
    expect(await failure({}, { refuse: 12660 })).toBe("native-encryption-required ORA-12660");
  });

  test("the connection is closed without a word", async () => {
    expect(await failure({}, { closeAtConnect: true })).toMatch(/^connection-lost /);
  });

  test("the connection breaks in mid stream", async () => {
    expect(await failure({}, { cutAfterRows: 1500 })).toBe("connection-lost NJS-500");
  });

  test("the database stops in mid stream", async () => {
    expect(await failure({}, { failFetch: { code: 1089, afterRows: 1500 } })).toBe("connection-lost NJS-500");
  });

  test("the database ends an idle session", async () => {
    expect(await failure({}, { failFetch: { code: 2396, afterRows: 1500 } })).toBe("connection-lost NJS-500");
  });

  test("the database is not open", async () => {
    expect(await failure({}, { failFetch: { code: 1034, afterRows: 1500 } })).toBe(
      "database-not-open ORA-01034",
    );
  });

  test.each(["01033", "01034", "01090", "01092", "01012", "02399"])(
    "ORA-%s, which a database says that is restarted, may pass",
    (code) => {
      expect(diagnoseOracle(new Error(`ORA-${code}: words`))).toMatchObject({ transient: true });
    },
  );

  test("the query is older than what the database keeps", async () => {
    expect(await failure({}, { failFetch: { code: 1555, afterRows: 1500 } })).toBe(
      "snapshot-too-old ORA-01555",
    );
  });

  test("the account's password is of a kind that thin mode lacks", async () => {
    expect(await failure({}, { oldVerifier: true })).toBe("thin-mode-unsupported NJS-116");
  });

  test("the account may not log in", async () => {
    expect(await failure({ user: "no_session" })).toBe("missing-right-or-table ORA-01045");
  });

  test("the host takes no connection, as when a firewall drops the packets", {
    timeout: 60_000,
  }, async () => {
    const full = await fullListener();
    try {
      expect(await failure({ port: full.port, stallTimeoutSeconds: 9 })).toBe("timeout NJS-510");
    } finally {
      await full.close();
    }
  });

  test("a variable is not set", () => {
    try {
      readOracleSettings("PROD", {});
      expect.unreachable();
    } catch (error) {
      expect(diagnoseOracle(error)).toMatchObject({ pattern: "not-configured", code: "ORACLE-SETTINGS" });
    }
  });

  test("the table does not exist or may not be read", async () => {
    const read = async () => {
      await using session = await connectOracle(settingsFor(server));
      await session.query("SELECT * FROM TRIAL.NO_SUCH_TABLE");
    };
    const error = await read().catch((thrown: unknown) => thrown);
    expect(diagnoseOracle(error)).toMatchObject({ pattern: "missing-right-or-table", code: "ORA-00942" });
  });
});

describe("a mute server ends in a clear error, without waiting for the driver", () => {
  const stallTimeoutSeconds = 0.4;

  test("when the listener takes the connection and never answers", async () => {
    const sockets = new Set<Socket>();
    const mute = await listening(createServer((socket) => sockets.add(socket)));
    const { port } = mute.address() as { port: number };
    try {
      const error = await readAll({ port, stallTimeoutSeconds }).catch((thrown: unknown) => thrown);
      expect(diagnoseOracle(error)).toMatchObject({ pattern: "server-silent", code: "ORACLE-STALLED" });
      expect((error as Error).message).toContain(
        `127.0.0.1:${port}/MUSIT sent nothing for 0.4 s while connecting`,
      );
      expect((error as Error).message).toContain("ORACLE_STALL_TIMEOUT_SECONDS");
    } finally {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => mute.close(resolve));
    }
  });

  test("when the session is accepted and then nothing is said", async () => {
    expect(await failure({ stallTimeoutSeconds }, { mute: "session" })).toBe("server-silent ORACLE-STALLED");
  });

  test("when rows stop coming in mid stream", async () => {
    expect(await failure({ stallTimeoutSeconds }, { stall: { ms: 60_000, afterRows: 2500 } })).toBe(
      "server-silent ORACLE-STALLED",
    );
  });

  test("but a server that is slow and keeps sending is waited for", async () => {
    server.faults.set({ rowsPerSecond: 4000 });
    const start = performance.now();
    await readAll({ stallTimeoutSeconds: 0.6 });
    expect(performance.now() - start).toBeGreaterThan(700);
  });

  test("and the sockets of the given-up connection are gone", async () => {
    const before = process.getActiveResourcesInfo().filter((kind) => kind === "TCPSocketWrap").length;
    await failure({ stallTimeoutSeconds }, { mute: "session" });
    await expect
      .poll(() => process.getActiveResourcesInfo().filter((kind) => kind === "TCPSocketWrap").length)
      .toBeLessThanOrEqual(before);
  });
});

test("an unknown failure says so and keeps the driver's code", () => {
  const error = new Error(
    "ORA-00600: internal error code, arguments: [x]\nHelp: https://docs.oracle.com/error-help/",
  );
  expect(diagnoseOracle(error)).toMatchObject({
    pattern: "unknown",
    code: "ORA-00600",
    message: "ORA-00600: internal error code, arguments: [x]",
  });
});

test("each pattern of the table is one that a test produces for real", () => {
  // Settings are read before anything is connected; Instant Client's absence is shown in thick-mode.test.ts.
  const elsewhere = ["not-configured", "instant-client-not-found"];
  const patterns = oracleFailurePatterns.map(({ pattern }) => pattern);
  expect([...produced, ...elsewhere].sort()).toEqual([...new Set(patterns)].sort());
});
