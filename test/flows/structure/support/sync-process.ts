// A sync of its own process, for being killed: `node sync-process.ts FILE`; the database is that of the environment.
import { readFile } from "node:fs/promises";
import { parseConfig } from "../../../../src/flows/structure/config.ts";
import { syncStructure } from "../../../../src/flows/structure/sync.ts";
import { readSpecifySettings } from "../../../../src/specify/settings.ts";

const [path = ""] = process.argv.slice(2);
const file = parseConfig({ path, text: await readFile(path, "utf8") });
await syncStructure(file, readSpecifySettings(), {
  dryRun: false,
  holder: "a process to be killed",
  signal: new AbortController().signal,
  log: (line) => process.stdout.write(`${line}\n`),
});
