/** How one Oracle environment (PROD, TEST, …) is reached. Read from `ORACLE_<ENV>_*` and `ORACLE_*`. */
export interface OracleSettings {
  /** Upper case, as in the names of the variables. */
  environment: string;
  host: string;
  port: number;
  service: string;
  user: string;
  password: string;
  /** Thick mode loads Oracle Instant Client; servers that ask for native network encryption need it. */
  thick: boolean;
  /** Folder of Instant Client; the system's library path is searched when it is not set. */
  clientLibraryFolder: string | undefined;
  /** The longest silence (no byte, no row) of the server, in seconds, before a call is given up. */
  stallTimeoutSeconds: number;
  /** How long, in seconds, a read that lost its connection tries to connect again before it gives up. */
  reconnectSeconds: number;
}

/** An `ORACLE_*` variable is missing or makes no sense. */
class OracleSettingsError extends Error {
  override readonly name = "OracleSettingsError";
  readonly code = "ORACLE-SETTINGS";
}

type Environment = Readonly<Record<string, string | undefined>>;

const DEFAULT_PORT = 1553;
const DEFAULT_STALL_TIMEOUT_SECONDS = 120;
/** Long enough for a restart of the database. */
const DEFAULT_RECONNECT_SECONDS = 300;
const YES = ["1", "true", "yes", "on"];
const NO = ["0", "false", "no", "off"];

/**
 * Reads the settings of one Oracle environment.
 * @throws OracleSettingsError that names every missing variable at once, or the variable whose value makes no sense
 */
export function readOracleSettings(oracleEnv: string, env: Environment = process.env): OracleSettings {
  const environment = oracleEnv.trim().toUpperCase();
  if (!/^[A-Z0-9_]+$/.test(environment)) {
    throw new OracleSettingsError(
      `oracle_env is "${oracleEnv}"; give the middle part of ORACLE_<ENV>_HOST, such as PROD or TEST.`,
    );
  }
  const nameOf = (field: string): string => `ORACLE_${environment}_${field}`;
  const given = (field: string): string => env[nameOf(field)]?.trim() ?? "";
  const required = ["HOST", "SERVICE", "USER"];
  const missing = required.filter((field) => given(field) === "").map(nameOf);
  // A password is taken as it stands: a space at its end may belong to it.
  const password = env[nameOf("PASSWORD")] ?? "";
  if (password === "") missing.push(nameOf("PASSWORD"));
  if (missing.length > 0) {
    throw new OracleSettingsError(
      `Oracle ${environment} is not configured: ${missing.join(", ")} ${missing.length === 1 ? "is" : "are"} not set. ` +
        "Add them to the secret that the worker gets its environment from.",
    );
  }
  return {
    environment,
    host: plainWord(nameOf("HOST"), given("HOST")),
    port: port(nameOf("PORT"), given("PORT")),
    service: plainWord(nameOf("SERVICE"), given("SERVICE")),
    user: given("USER"),
    password,
    thick: yesOrNo("ORACLE_USE_THICK_MODE", env.ORACLE_USE_THICK_MODE, true),
    clientLibraryFolder: env.ORACLE_CLIENT_LIB_DIR?.trim() || undefined,
    stallTimeoutSeconds: seconds("ORACLE_STALL_TIMEOUT_SECONDS", env, DEFAULT_STALL_TIMEOUT_SECONDS),
    reconnectSeconds: seconds("ORACLE_RECONNECT_SECONDS", env, DEFAULT_RECONNECT_SECONDS),
  };
}

/** Host and service go into a connect descriptor, where these characters have a meaning of their own. */
function plainWord(name: string, value: string): string {
  if (/[\s()="'\\]/.test(value)) {
    throw new OracleSettingsError(
      `${name} is "${value}"; it may not hold spaces, quotes, brackets, "=" or "\\".`,
    );
  }
  return value;
}

function port(name: string, text: string): number {
  if (text === "") return DEFAULT_PORT;
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < 1 || value > 65535) {
    throw new OracleSettingsError(
      `${name} is "${text}"; give a port number from 1 to 65535, or leave it out for ${DEFAULT_PORT}.`,
    );
  }
  return value;
}

function seconds(name: string, env: Environment, fallback: number): number {
  const text = env[name];
  if (text === undefined || text.trim() === "") return fallback;
  const value = Number(text);
  if (!Number.isFinite(value) || value <= 0) {
    throw new OracleSettingsError(
      `${name} is "${text}"; give a number of seconds greater than 0, such as ${fallback}.`,
    );
  }
  return value;
}

function yesOrNo(name: string, text: string | undefined, fallback: boolean): boolean {
  const word = text?.trim().toLowerCase() ?? "";
  if (word === "") return fallback;
  if (YES.includes(word)) return true;
  if (NO.includes(word)) return false;
  throw new OracleSettingsError(`${name} is "${text}"; give true or false.`);
}
