import { afterAll, beforeAll, describe, test } from "vitest";
import type { OracleServer } from "../../../dev/oracle/server.ts";
import { oracleContract } from "./contract.ts";
import { readingContract } from "./reading-contract.ts";
import { realOracle } from "./real-oracle.ts";
import { type Login, startServer } from "./support.ts";

describe("the stand-in keeps the contract", () => {
  let server: OracleServer;
  beforeAll(async () => {
    server = await startServer();
  });
  afterAll(async () => {
    await server.close();
  });
  const login = (): Login => ({
    user: "tester",
    password: "Right-1",
    connectString: `${server.host}:${server.port}/${server.service}`,
  });
  oracleContract(login);
  readingContract(login);
});

const real = await realOracle();

if (real.why === undefined) {
  describe("a real Oracle keeps the contract", () => {
    afterAll(async () => {
      await real.stop();
    });
    oracleContract(() => real.login);
    readingContract(() => real.login);
  });
} else {
  test.skip(`a real Oracle keeps the contract (${real.why})`);
}
