/**
 * A process that logs as a run does, so many lines without ever waiting, and tells when all is with the server:
 * `{ highWater }`, the most memory that it has had, in bytes. Arguments: lines, the spool's file.
 */
import { readFileSync } from "node:fs";
import type { FlowRun } from "../../../../src/prefect/api-types.ts";
import { PrefectClient } from "../../../../src/prefect/client/client.ts";
import { LogSpool } from "../../../../src/prefect/log-spool.ts";
import { loadSettings } from "../../../../src/prefect/settings/settings.ts";
import { printer } from "../../../../src/runner/print.ts";
import { ServerRecorder } from "../../../../src/sdk/recorder/server-recorder.ts";

const [lines = "0", spool = ""] = process.argv.slice(2);
const settings = loadSettings();
const client = new PrefectClient(settings);
const flowRun = { id: "00000000-0000-4000-8000-000000000000", name: "brave-owl", flow_id: "1" } as FlowRun;
const print = printer("pretty");
const recorder = new ServerRecorder({ client, settings, flowRun, print, spool: new LogSpool(spool) });
for (let line = 0; line < Number(lines); line += 1) {
  const message = `line ${line} of a burst, as long as a line of a migration is`;
  recorder.log({ level: 20, message, name: "prefect.flow_runs", timestamp: new Date() });
}
await recorder.close();
await client.close();
const highWater = Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync("/proc/self/status", "utf8"))?.[1]) * 1024;
process.send?.({ highWater });
process.disconnect?.();
