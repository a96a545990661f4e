import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, it } from "vitest";

const before = new URL("../../src/runner/lazy-locales.ts", import.meta.url).href;
const program = `
  import { registerHooks } from "node:module";
  let loaded = 0;
  registerHooks({ load: (url, context, next) => { if (/locales.[a-z]/i.test(url)) loaded += 1; return next(url, context); } });
  const { z } = await import("zod");
  const atFirst = loaded;
  const messages = Object.keys(z.locales).map((name) => {
    z.config(z.locales[name]());
    return [name, z.string().safeParse(1).error.issues[0].message];
  });
  console.log(JSON.stringify({ atFirst, messages }));
`;

async function run(...options: string[]): Promise<{ atFirst: number; messages: [string, string][] }> {
  const args = [...options, "--input-type=module", "-e", program];
  return JSON.parse((await promisify(execFile)(process.execPath, args)).stdout);
}

it("a run's process has zod's messages in all languages, and loads one when it is asked for", async () => {
  const [lazy, eager] = await Promise.all([run("--import", before), run()]);
  expect(lazy.messages).toEqual(eager.messages);
  expect(new Map(lazy.messages).get("no")).toBe("Ugyldig input: forventet string, fikk tall");
  expect(eager.atFirst).toBeGreaterThan(40);
  // The list itself and English, which zod begins with.
  expect(lazy.atFirst).toBeLessThanOrEqual(3);
});
