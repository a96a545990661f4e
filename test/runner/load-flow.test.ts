import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const files: Record<string, string> = {
  "flows/one.ts": `import { flow, z } from "prefect-ts";
    export const hello = flow({ name: "Hello", description: "Says hello", parameters: z.object({ who: z.string().default("you") }) }, async () => 1);
    export const notAFlow = 7;`,
  "flows/two.ts": `import { flow } from "prefect-ts";
    export const a = flow({ name: "A" }, () => 1);
    export const b = flow({ name: "B" }, () => 1);`,
  "flows/none.ts": `export function helper() { return 1 }`,
  "flows/empty.ts": `export {}`,
  "flows/throws.ts": `throw new RangeError("no luck today")`,
  "flows/imports-missing.ts": `import "no-such-package"`,
  "flows/enum.ts": `export enum E { A }`,
  "flows/plain.js": `import { flow } from "prefect-ts"; export default flow({ name: "Plain" }, () => 1)`,
  "flows/lends-zod.ts": `import { z } from "zod"; import { flow } from "prefect-ts";
    export const lent = flow({ name: "Lent", parameters: z.object({ n: z.number() }) }, () => 1);`,
  "flows/common.ts": `const { flow } = require("prefect-ts"); const name: string = "Old";
    module.exports = { old: flow({ name }, () => 1) };`,
  "flows/python.py": `print(1)`,
  "flows/data.json": `{}`,
};
/** Modules are loaded by Node itself, as in a run: the test runner's own loader would stand in the way. */
const loader = fileURLToPath(new URL("support/load-flow.ts", import.meta.url));

interface Loaded {
  name?: string;
  code?: string;
  message?: string;
  description?: string;
  parameterOpenApiSchema?: object;
}

async function loadFlow({ checkout, entrypoint }: { checkout: string; entrypoint: string }): Promise<Loaded> {
  const { stdout } = await promisify(execFile)(process.execPath, [loader, checkout, entrypoint]);
  return JSON.parse(stdout) as Loaded;
}

let folder: string;
let checkout: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "prefect-ts-load-"));
  checkout = join(folder, "checkout");
  await mkdir(join(checkout, "flows"), { recursive: true });
  for (const [name, text] of Object.entries(files)) await writeFile(join(checkout, name), text);
  await writeFile(join(folder, "outside.ts"), "export const x = 1");
  await symlink(join(folder, "outside.ts"), join(checkout, "flows/link.ts"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe("an entrypoint", () => {
  it("gives the flow, its name, description and parameter schema", async () => {
    const loaded = await loadFlow({ checkout, entrypoint: "flows/one.ts:hello" });
    expect(loaded).toMatchObject({ name: "Hello", description: "Says hello" });
    expect(loaded.parameterOpenApiSchema).toEqual({
      title: "Parameters",
      type: "object",
      properties: { who: { title: "who", type: "string", default: "you", position: 0 } },
    });
  });

  it("without a name means the only flow, or the default export", async () => {
    expect((await loadFlow({ checkout, entrypoint: "flows/one.ts" })).name).toBe("Hello");
    expect((await loadFlow({ checkout, entrypoint: "flows/plain.js" })).name).toBe("Plain");
  });

  it("may be of CommonJS, where no package.json says what the code is", async () => {
    expect((await loadFlow({ checkout, entrypoint: "flows/common.ts:old" })).name).toBe("Old");
  });

  it("may import zod without having installed it", async () => {
    expect((await loadFlow({ checkout, entrypoint: "flows/lends-zod.ts:lent" })).name).toBe("Lent");
  });

  it.each([
    [
      "flows/one.ts:nope",
      "FLOW_NOT_FOUND",
      /has no export "nope".*Flows exported: hello.*Other exports: notAFlow/s,
    ],
    [
      "flows/one.ts:notAFlow",
      "FLOW_NOT_FOUND",
      /exports "notAFlow", which is not a flow.*Flows exported: hello/s,
    ],
    ["flows/two.ts", "FLOW_NOT_FOUND", /several flows: name one, like flows\/two.ts:a/],
    ["flows/none.ts:main", "FLOW_NOT_FOUND", /It exports no flow. Other exports: helper/],
    ["flows/empty.ts:main", "FLOW_NOT_FOUND", /It exports nothing/],
    ["flows/throws.ts:main", "MODULE_FAILED", /RangeError: no luck today/],
    ["flows/imports-missing.ts:main", "MODULE_FAILED", /no-such-package.*package.json/s],
    ["flows/missing.ts:main", "ENTRYPOINT_MISSING", /no file "flows\/missing.ts"/],
    ["flows:main", "ENTRYPOINT_MISSING", /no file "flows"/],
    ["flows/python.py:main", "ENTRYPOINT_NOT_MODULE", /Python flows need Prefect's own worker/],
    ["flows/data.json:main", "ENTRYPOINT_NOT_MODULE", /not TypeScript or JavaScript/],
    ["../outside.ts:x", "ENTRYPOINT_OUTSIDE", /leaves the checkout/],
    ["flows/../../outside.ts:x", "ENTRYPOINT_OUTSIDE", /leaves the checkout/],
    ["/etc/passwd", "ENTRYPOINT_OUTSIDE", /leaves the checkout/],
    ["flows/link.ts:x", "ENTRYPOINT_OUTSIDE", /leaves the checkout/],
    ["", "ENTRYPOINT_INVALID", /path\/to\/module.ts:exportName/],
    ["flows/one.ts:not a name", "ENTRYPOINT_INVALID", /path\/to\/module.ts:exportName/],
  ])("%s is refused as %s", async (entrypoint, code, message) => {
    expect(await loadFlow({ checkout, entrypoint })).toMatchObject({
      code,
      message: expect.stringMatching(message),
    });
  });
});
