import { afterAll, beforeAll, describe, test } from "vitest";
import type { OracleServer } from "../../../dev/oracle/server.ts";
import { oracleContract } from "./contract.ts";
import { realOracle } from "./real-oracle.ts";
import { startServer } from "./support.ts";

describe("the stand-in keeps the contract", () => {
  let server: OracleServer;
  beforeAll(async () => {
    server = await startServer();
  });
  afterAll(async () => {
    await server.close();
  });
  oracleContract(() => ({
    user: "tester",
    password: "Right-1",
    connectString: `${server.host}:${server.port}/${server.service}`,
  }));
});

const real = await realOracle();

if (real.why === undefined) {
  describe("a real Oracle keeps the contract", () => {
    afterAll(async () => {
      await real.stop();
    });
    oracleContract(() => real.login);
  });
} else {
  test.skip(`a real Oracle keeps the contract (${real.why})`);
}
