import { loadOracleDriver } from "./client.ts";
import { OracleSession } from "./session.ts";
import type { OracleSettings } from "./settings.ts";
import { DriverSockets } from "./sockets.ts";
import { exactTypes } from "./values.ts";
import { watched } from "./watchdog.ts";

interface ConnectOptions {
  /** Aborting it ends the connection and whatever waits on it. */
  signal?: AbortSignal | undefined;
  log?: ((message: string) => void) | undefined;
}

/** No server needs longer than this to let a user in; a longer stall timeout is for its queries. */
const CONNECT_SECONDS = 30;

/**
 * Values then mean the same on every machine: TIMESTAMP WITH LOCAL TIME ZONE and SYSTIMESTAMP are in UTC, numbers that come
 * as text have a decimal point (an NLS_LANG of Norway would give thick mode a comma), and texts are compared and ordered by
 * their bytes, so that reading by key can go on behind a key.
 */
const SAME_EVERYWHERE =
  "ALTER SESSION SET TIME_ZONE = '+00:00' NLS_NUMERIC_CHARACTERS = '.,' NLS_SORT = BINARY NLS_COMP = BINARY";

/**
 * Opens a session: thin or thick as the settings say, time zone UTC, exact values. Close it, or hold it by `await using`.
 * @throws the driver's errors (see `diagnoseOracle`); OracleStalledError when the server accepts and then says nothing
 */
export async function connectOracle(
  settings: OracleSettings,
  { signal, log = () => undefined }: ConnectOptions = {},
): Promise<OracleSession> {
  signal?.throwIfAborted();
  const driver = await loadOracleDriver(settings, log);
  const where = `${settings.host}:${settings.port}/${settings.service}`;
  const seconds = Math.min(CONNECT_SECONDS, settings.stallTimeoutSeconds);
  const sockets = new DriverSockets();
  const connecting = sockets.during(() =>
    driver.getConnection({
      user: settings.user,
      password: settings.password,
      connectString: descriptor(settings, seconds),
    }),
  );
  const connection = await watched(connecting, {
    doing: "connecting",
    where,
    seconds,
    sockets,
    signal,
  }).catch((error: unknown) => {
    // A connection that comes after all is not ours any more.
    connecting.then((late) => late.close()).catch(() => undefined);
    sockets.destroy();
    throw error;
  });
  const session = new OracleSession({
    connection,
    fetchTypeHandler: exactTypes(driver),
    sockets,
    mode: connection.thin ? "thin" : "thick",
    clientVersion: connection.thin
      ? `node-oracledb ${driver.versionString}`
      : `Instant Client ${driver.oracleClientVersionString}`,
    where,
    stallTimeoutSeconds: settings.stallTimeoutSeconds,
    signal,
  });
  try {
    await session.query(SAME_EVERYWHERE, [], "setting up the session");
    return session;
  } catch (error) {
    await session.close();
    throw error;
  }
}

/**
 * A larger session data unit than Oracle's 8 KB makes big reads a third faster; the server takes what it allows.
 * In thick mode Oracle's library keeps the deadline of the whole login itself, so that none of its threads is left hanging.
 */
function descriptor({ host, port, service, thick }: OracleSettings, seconds: number): string {
  const timeout = Math.max(1, Math.ceil(seconds));
  // Shorter, so that a host that does not answer at all is told from a server that answers and then is mute.
  const transport = Math.max(1, Math.floor((seconds * 2) / 3));
  return (
    `(DESCRIPTION=(TRANSPORT_CONNECT_TIMEOUT=${transport})${thick ? `(CONNECT_TIMEOUT=${timeout})` : ""}(SDU=65536)` +
    `(ADDRESS=(PROTOCOL=TCP)(HOST=${host})(PORT=${port}))(CONNECT_DATA=(SERVICE_NAME=${service})))`
  );
}
