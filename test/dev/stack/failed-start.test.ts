import { existsSync } from "node:fs";
import { chmod, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, expect, test, vi } from "vitest";
import { startStack } from "../../../dev/stack/index.ts";
import { descendants } from "../../support/processes.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

afterEach(() => vi.unstubAllEnvs());

/** Puts a MariaDB first in PATH that says something and ends. */
async function brokenMariadb(): Promise<void> {
  const folder = join(await temporaryFolder(), "bin");
  await mkdir(folder);
  await writeFile(join(folder, "mariadbd"), "#!/bin/sh\necho 'InnoDB: out of luck'\nexit 3\n");
  await chmod(join(folder, "mariadbd"), 0o755);
  vi.stubEnv("PATH", `${folder}:${process.env.PATH}`);
}

test("when one service does not come up, its last lines are told and the others are stopped again", async () => {
  await brokenMariadb();
  const dir = join(await temporaryFolder(), "stack");
  const start = startStack({ services: ["mariadb", "s3", "git"], dir });
  await expect(start).rejects.toThrow(
    /mariadb ended \(exit code 3\) before it was ready[\s\S]*InnoDB: out of luck/,
  );
  expect(descendants(process.pid)).toEqual([]);
  expect(existsSync(dir)).toBe(false);
});

test("an existing service whose variables are missing is named before anything starts", async () => {
  vi.stubEnv("PREFECT_TS_STACK_USE", "oracle");
  vi.stubEnv("ORACLE_PROD_HOST", "");
  await expect(startStack({ services: ["oracle"] })).rejects.toThrow(
    "PREFECT_TS_STACK_USE names oracle, but ORACLE_PROD_HOST is not set",
  );
});

test("variables of an existing service are used only when it is named", async () => {
  vi.stubEnv("DATABASE_HOST", "production.example.org");
  const stack = await startStack({ services: ["mariadb"] });
  try {
    expect(stack.env.DATABASE_HOST).toBe("127.0.0.1");
  } finally {
    await stack.close();
  }
});
