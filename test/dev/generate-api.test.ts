import { join } from "node:path";
import { expect, test } from "vitest";
import { runCommand } from "../../dev/stack/command.ts";

test("the types of the REST API are those that the server describes", async () => {
  const script = join(import.meta.dirname, "..", "..", "dev", "generate-api.ts");
  expect(await runCommand(process.execPath, [script, "--check"])).toContain("is what the server describes");
});
