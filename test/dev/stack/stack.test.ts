import { existsSync, readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { createConnection } from "mariadb";
import { expect, test } from "vitest";
import { startStack } from "../../../dev/stack/index.ts";
import { prefectApi } from "../../support/prefect-api.ts";
import { descendants } from "../../support/processes.ts";
import { sharedStack } from "../../support/shared-stack.ts";

test("the shared stack has a Specify database with its institution, division and administrator", async () => {
  const { mariadb } = await sharedStack("mariadb");
  const connection = await createConnection({ ...mariadb });
  try {
    const [row] = await connection.query(
      "SELECT i.Name institution, d.Name division, u.Name user, a.AgentType type FROM agent a " +
        "JOIN division d ON d.usergroupscopeid = a.DivisionID JOIN specifyuser u ON u.specifyuserid = a.SpecifyUserID " +
        "JOIN institution i ON i.usergroupscopeid = d.InstitutionID",
    );
    expect(row).toEqual({ institution: "UniMus:Natur", division: "Biology", user: "spadmin", type: 1 });
  } finally {
    await connection.end();
  }
});

test("a Prefect server can be stopped and started again on the same address, with its data", async () => {
  const stack = await startStack({ services: ["prefect"] });
  try {
    const api = prefectApi(stack.prefect.apiUrl);
    await api.post("/work_pools/", { name: "kept", type: "process" });
    await stack.prefect.stop();
    await expect(api.get("/health")).rejects.toThrow("fetch failed");
    await stack.prefect.start();
    expect(await api.get("/work_pools/kept")).toMatchObject({ name: "kept" });
  } finally {
    await stack.close();
  }
});

test("a Prefect server can ask for basic auth", async () => {
  const stack = await startStack({ services: ["prefect"], prefect: { authString: "admin:secret" } });
  try {
    expect(stack.env.PREFECT_API_AUTH_STRING).toBe("admin:secret");
    await expect(prefectApi(stack.prefect.apiUrl).post("/work_pools/filter")).rejects.toThrow("401");
    expect(await prefectApi(stack.prefect.apiUrl, "admin:secret").post("/work_pools/filter")).toEqual([]);
  } finally {
    await stack.close();
  }
});

test("closing leaves no process and no folder", async () => {
  const before = readdirSync(tmpdir());
  const stack = await startStack({ services: ["mariadb", "s3", "git"] });
  expect(descendants(process.pid).length).toBeGreaterThan(1);
  await stack.close();
  expect(descendants(process.pid)).toEqual([]);
  expect(existsSync(stack.folder)).toBe(false);
  expect(readdirSync(tmpdir())).toEqual(before);
});
