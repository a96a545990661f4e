/** How the Specify 7 database (MariaDB) is reached. */
export interface SpecifySettings {
  host: string;
  port: number;
  database: string;
  user: string;
  password: string;
  /** Rows that a migration writes in one transaction; its own number when left out. */
  batchRows?: number;
}

/** A variable for Specify's database is missing or makes no sense. */
class SpecifySettingsError extends Error {
  override readonly name = "SpecifySettingsError";
  readonly code = "SPECIFY-SETTINGS";
}

type Environment = Readonly<Record<string, string | undefined>>;

const DEFAULT_PORT = 3306;
const MAX_BATCH_ROWS = 50_000;

/** Each setting goes by two names: the migration's own, and the one Specify's containers use. The first that is set holds. */
const NAMES = {
  host: ["DATABASE_HOST", "DB_HOST"],
  port: ["DATABASE_PORT", "DB_PORT"],
  database: ["DATABASE_NAME", "DB_NAME"],
  user: ["APP_USER_NAME", "DB_USER"],
  password: ["APP_USER_PASSWORD", "DB_PASSWORD"],
} as const;

/**
 * Reads the settings of Specify's database.
 * @throws SpecifySettingsError that names every missing variable at once, or the port that is no number
 */
export function readSpecifySettings(env: Environment = process.env): SpecifySettings {
  const given = (field: keyof typeof NAMES): string | undefined =>
    NAMES[field].map((name) => env[name]).find((value) => value !== undefined && value !== "");
  const missing = (["host", "database", "user", "password"] as const)
    .filter((field) => given(field) === undefined)
    .map((field) => NAMES[field].join(" (or ").concat(")"));
  if (missing.length > 0) {
    throw new SpecifySettingsError(
      `Specify's database is not configured: ${missing.join(", ")} ${missing.length === 1 ? "is" : "are"} not set. ` +
        "Add them to the secret that the worker gets its environment from.",
    );
  }
  return {
    host: given("host")?.trim() ?? "",
    port: port(given("port")),
    database: given("database")?.trim() ?? "",
    user: given("user")?.trim() ?? "",
    password: given("password") ?? "",
    ...(env.DATABASE_BATCH_ROWS ? { batchRows: batchRows(env.DATABASE_BATCH_ROWS) } : {}),
  };
}

function batchRows(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1 && value <= MAX_BATCH_ROWS) return value;
  throw new SpecifySettingsError(
    `DATABASE_BATCH_ROWS is "${text}"; give a whole number from 1 to ${MAX_BATCH_ROWS}, or leave it out.`,
  );
}

function port(text: string | undefined): number {
  if (text === undefined) return DEFAULT_PORT;
  const value = Number(text);
  if (!/^\s*\d+\s*$/.test(text) || value < 1 || value > 65535) {
    throw new SpecifySettingsError(
      `${NAMES.port.join(" or ")} is "${text}"; give a port number from 1 to 65535, or leave it out for ${DEFAULT_PORT}.`,
    );
  }
  return value;
}
