// Started by guard.test.ts: starts part of a stack in the folder it is given, prints the process ids, and holds on.
import { startStack } from "../../../../dev/stack/index.ts";
import { descendants } from "../../../support/processes.ts";

await startStack({ services: ["mariadb", "git"], dir: process.argv[2] ?? "" });
process.stdout.write(`${JSON.stringify(descendants(process.pid).map((line) => line.pid))}\n`);
setInterval(() => undefined, 60_000);
