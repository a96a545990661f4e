import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { z } from "zod";
import type { LoadRow } from "./database.ts";
import type { FaultSettings } from "./faults.ts";
import { type OracleServer, type OracleServerOptions, startOracleServer } from "./server.ts";

const USAGE = `Usage: node dev/oracle/main.ts --data FILE [--port N] [--host NAME] [--database FILE] [--quiet]

A stand-in for an Oracle database, for the demo and the tests. It is not an Oracle.
FILE is either a JSON file {"users": [...], "services": [...], "schemas": [...], "rows": "MODULE"} or a module that exports
the same as "options". MODULE (or FILE itself, when it is a module) may export functions that give rows:
  export const rows = { "OWNER.TABLE": async function* () { yield [1, "one"]; } }
When ready it prints one line {"host":...,"port":...,"service":...}. Afterwards it reads lines from its standard input:
  {"faults": {...}} sets the faults (an empty object clears them) and is answered with {"faults": {...}}.
SIGTERM and SIGINT end it.`;

const Column = z.strictObject({
  name: z.string(),
  type: z.string(),
  nullable: z.boolean().optional(),
  default: z.string().optional(),
  comment: z.string().optional(),
});
const Key = z.strictObject({ name: z.string().optional(), columns: z.array(z.string()) });
const Table = z.strictObject({
  name: z.string(),
  columns: z.array(Column),
  primaryKey: z
    .union([z.array(z.string()), z.strictObject({ name: z.string(), columns: z.array(z.string()) })])
    .optional(),
  uniqueKeys: z.array(Key).optional(),
  foreignKeys: z
    .array(
      Key.extend({
        references: z.strictObject({
          owner: z.string().optional(),
          table: z.string(),
          columns: z.array(z.string()),
        }),
      }),
    )
    .optional(),
  indexes: z
    .array(z.strictObject({ name: z.string(), columns: z.array(z.string()), unique: z.boolean().optional() }))
    .optional(),
  comment: z.string().optional(),
  tablespace: z.string().optional(),
  numRows: z.int().optional(),
  lastAnalyzed: z.string().optional(),
});
const View = z.strictObject({ name: z.string(), text: z.string(), columns: z.array(Column).optional() });
const Options = z.strictObject({
  users: z.array(
    z.strictObject({
      name: z.string(),
      password: z.string(),
      status: z.enum(["open", "locked", "expired", "no-session"]).optional(),
      grants: z.array(z.string()).optional(),
    }),
  ),
  services: z.array(z.string()).min(1),
  sids: z.array(z.string()).optional(),
  schemas: z.array(
    z.strictObject({ owner: z.string(), tables: z.array(Table), views: z.array(View).optional() }),
  ),
  version: z.string().optional(),
  rows: z.string().optional(),
});

type RowSources = Record<string, () => Iterable<LoadRow> | AsyncIterable<LoadRow>>;

/** Runs the stand-in as a process of its own; `args` are the arguments after the script's name. */
export async function startFromCommandLine(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      data: { type: "string" },
      port: { type: "string", default: "0" },
      host: { type: "string", default: "127.0.0.1" },
      database: { type: "string" },
      quiet: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help || values.data === undefined) {
    process.stderr.write(`${USAGE}\n`);
    process.exitCode = values.help ? 0 : 2;
    return;
  }
  const { options, rows } = await readData(resolve(values.data));
  const server = await startOracleServer({
    ...options,
    port: Number(values.port),
    host: values.host,
    ...(values.database === undefined ? {} : { database: values.database }),
    ...(values.quiet ? {} : { log: writeLog }),
  });
  writeLog("This is the prefect-ts Oracle stand-in: it is not an Oracle.", { port: server.port });
  for (const [name, source] of Object.entries(rows)) {
    const [owner = "", table = ""] = name.split(".");
    const count = await server.load(owner, table, source());
    writeLog("loaded", { table: name, rows: count });
  }
  listenToControl(server);
  process.stdout.write(
    `${JSON.stringify({ host: server.host, port: server.port, service: server.service })}\n`,
  );
}

function writeLog(event: string, details: Record<string, unknown>): void {
  process.stderr.write(`${JSON.stringify({ at: new Date().toISOString(), event, ...details })}\n`);
}

async function readData(path: string): Promise<{ options: OracleServerOptions; rows: RowSources }> {
  const isJson = path.endsWith(".json");
  const module = isJson
    ? undefined
    : ((await import(pathToFileURL(path).href)) as { options?: unknown; rows?: RowSources });
  const read = Options.safeParse(module ? module.options : JSON.parse(await readFile(path, "utf8")));
  if (!read.success)
    throw new Error(`${path} is not what the stand-in needs:\n${z.prettifyError(read.error)}`);
  const { rows: source, ...options } = read.data;
  if (source === undefined) return { options: options as OracleServerOptions, rows: module?.rows ?? {} };
  const rows = (await import(pathToFileURL(resolve(path, "..", source)).href)) as { rows: RowSources };
  return { options: options as OracleServerOptions, rows: rows.rows };
}

/** Faults come as lines on the standard input; SIGTERM and SIGINT stop the server. */
function listenToControl(server: OracleServer): void {
  const lines = createInterface({ input: process.stdin });
  let stopped = false;
  const stop = (): void => {
    if (stopped) return;
    stopped = true;
    lines.close();
    process.stdin.destroy();
    void server.close();
  };
  lines.on("line", (line) => {
    if (line.trim() === "") return;
    try {
      const { faults } = JSON.parse(line) as { faults: FaultSettings };
      server.faults.set(faults);
      process.stdout.write(`${JSON.stringify({ faults: server.faults.current })}\n`);
    } catch (error) {
      process.stdout.write(`${JSON.stringify({ error: String(error) })}\n`);
    }
  });
  process.once("SIGTERM", stop);
  process.once("SIGINT", stop);
}
