// `npm run generate:api`: writes the types of Prefect's REST API from the server's own OpenAPI document.
// With `-- --check` it writes nothing, and exits with 1 when the file is not what would be written.
import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import openapiTS, { astToString, COMMENT_HEADER } from "openapi-typescript";
import { startStack } from "./stack/index.ts";
import { PROJECT } from "./stack/install/cache.ts";

const FILE = join(PROJECT, "src", "prefect", "generated", "api.ts");
const shown = FILE.slice(PROJECT.length + 1);

async function generate(): Promise<string> {
  const onProgress = (service: string, text: string) => process.stderr.write(`${service}: ${text}\n`);
  const stack = await startStack({ services: ["prefect"], onProgress });
  try {
    const url = `${stack.prefect.apiUrl}/openapi.json`;
    const answer = await fetch(url);
    if (!answer.ok) throw new Error(`${url} answered ${answer.status}: is this a Prefect server?`);
    return (
      COMMENT_HEADER + astToString(await openapiTS((await answer.json()) as Parameters<typeof openapiTS>[0]))
    );
  } finally {
    await stack.close();
  }
}

const fresh = await generate();
const stored = existsSync(FILE) ? await readFile(FILE, "utf8") : undefined;
if (stored === fresh) {
  process.stdout.write(`${shown} is what the server describes.\n`);
} else if (process.argv.includes("--check")) {
  process.stdout.write(`${shown} is not what the server describes. Write it anew: npm run generate:api\n`);
  process.exitCode = 1;
} else {
  await mkdir(dirname(FILE), { recursive: true });
  await writeFile(FILE, fresh);
  process.stdout.write(`Wrote ${shown}, ${fresh.split("\n").length} lines.\n`);
}
