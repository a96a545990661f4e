import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { installPrefect } from "../../../dev/stack/prefect-install.ts";

const run = promisify(execFile);

/** Prefect's own Python, of the virtual environment that the local stack has, without settings of the machine's user. */
export async function genuinePrefect(env: Record<string, string>, home: string) {
  const folder = await installPrefect((text) => process.stderr.write(`[python] ${text}\n`));
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith("PREFECT_"));
  const options = {
    env: {
      ...Object.fromEntries(inherited),
      ...env,
      PREFECT_HOME: home,
      PREFECT_LOGGING_LEVEL: "ERROR",
      PREFECT_SERVER_ANALYTICS_ENABLED: "false",
      NO_COLOR: "1",
      COLUMNS: "300",
    },
    maxBuffer: 10_000_000,
  };
  return {
    /** Runs code, and gives what it prints as JSON. */
    python: async (code: string, ...args: string[]): Promise<unknown> =>
      JSON.parse((await run(join(folder, "bin/python"), ["-c", code, ...args], options)).stdout),
    /** The command line `prefect`; gives its standard output. */
    cli: async (...args: string[]): Promise<string> =>
      (await run(join(folder, "bin/python"), ["-m", "prefect", ...args], options)).stdout,
  };
}
