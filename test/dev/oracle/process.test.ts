import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import oracledb from "oracledb";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startOracleProcess } from "../../../dev/oracle/process.ts";
import { failure, numbersSchema } from "./support.ts";

const base = {
  users: [{ name: "TESTER", password: "Right-1" }],
  services: ["MUSIT"],
  schemas: numbersSchema,
};

describe("the stand-in as a process of its own", () => {
  let folder: string;
  const file = async (name: string, text: string) => {
    const path = join(folder, name);
    await writeFile(path, text);
    return path;
  };
  const login = (port: number, extra = "") =>
    oracledb.getConnection({
      user: "tester",
      password: "Right-1",
      connectString: `127.0.0.1:${port}/musit${extra}`,
    });

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "prefect-ts-oracle-data-"));
  });
  afterAll(async () => {
    await rm(folder, { recursive: true });
  });

  test("it serves the rows of a module, takes faults while it runs, and ends when told", async () => {
    const count = 30_000;
    await file(
      "rows.mts",
      `export const rows = { "TESTER.NUMBERS": async function* () { for (let id = 1; id <= ${count}; id++) yield { ID: id, TEXT: "row " + id }; } };`,
    );
    const data = await file("data.json", JSON.stringify({ ...base, rows: "rows.mts" }));
    const server = await startOracleProcess({ data });
    try {
      const connection = await login(server.port, "?sdu=65536");
      const seen: unknown[] = [];
      for await (const [id] of connection.queryStream("SELECT id FROM numbers ORDER BY id", [], {
        fetchArraySize: 1000,
      }))
        seen.push(id);
      expect(seen).toEqual(Array.from({ length: count }, (_none, index) => index + 1));
      await connection.close();
      await server.setFaults({ refuse: 12514 });
      expect((await failure(login(server.port))).message).toMatch(/^NJS-518/);
      await server.setFaults({});
      await (await login(server.port)).close();
      await expect(server.setFaults({ rowsPerSecond: -1 })).rejects.toThrow("rowsPerSecond is -1");
    } finally {
      await server.close();
    }
    expect((await failure(login(server.port))).message).toMatch(/^NJS-503/);
  });

  test("a data file that is wrong ends it with the place of the mistake", async () => {
    const data = await file("wrong.json", JSON.stringify({ ...base, users: [{ name: "TESTER" }] }));
    await expect(startOracleProcess({ data })).rejects.toThrow(/users\[0\]\.password/);
  });
});
