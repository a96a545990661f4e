import type { default as OracleDriver } from "oracledb";
import type { OracleSettings } from "./settings.ts";

type Log = (message: string) => void;

/** The folder thick mode was started with; Oracle's client can be loaded once a process, and not unloaded. */
let thickFolder: { folder: string | undefined } | undefined;

/**
 * Loads node-oracledb (only when a run needs Oracle: it costs 40 ms) and, in thick mode, Oracle Instant Client.
 *
 * Where Instant Client is looked for differs by platform: on Windows and macOS `ORACLE_CLIENT_LIB_DIR` is enough.
 * On Linux the system's loader opens the libraries that `libclntsh.so` itself needs, so the folder must also stand in
 * `LD_LIBRARY_PATH` (or in ldconfig's list) *before* Node starts.
 * @throws the driver's DPI-1047 when the client is not found
 */
export async function loadOracleDriver(
  settings: Pick<OracleSettings, "thick" | "clientLibraryFolder">,
  log: Log,
): Promise<typeof OracleDriver> {
  const { default: driver } = await import("oracledb");
  if (!settings.thick || thickFolder) return driver;
  const folder = settings.clientLibraryFolder;
  driver.initOracleClient(folder === undefined ? {} : { libDir: folder });
  thickFolder = { folder };
  log(
    `Oracle Instant Client ${driver.oracleClientVersionString} loaded from ${folder ?? "the library path"}.`,
  );
  return driver;
}
