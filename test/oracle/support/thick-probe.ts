import { connectOracle } from "../../../src/oracle/connect.ts";
import { diagnoseOracle } from "../../../src/oracle/diagnose.ts";
import { settingsFor } from "./stand-in.ts";

// Connects in thick mode and prints what happened, as JSON: `thick-probe.ts FOLDER PORT`.
const [folder, port] = process.argv.slice(2);
const lines: string[] = [];
const settings = settingsFor(
  { host: "127.0.0.1", port: Number(port) },
  { thick: true, clientLibraryFolder: folder, stallTimeoutSeconds: 2 },
);
const error = await connectOracle(settings, { log: (line) => lines.push(line) }).catch(
  (thrown: unknown) => thrown,
);
process.stdout.write(JSON.stringify({ log: lines, diagnosis: diagnoseOracle(error) }));
