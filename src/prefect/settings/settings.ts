import { PrefectError } from "../errors.ts";
import { uiUrl } from "../ui-url.ts";
import { readBoolean, readNumber, readOptionalNumber } from "./read-value.ts";
import { type RunSettings, readRunSettings } from "./run-settings.ts";
import { prefectHome, type RawSettings, readSettingsSources } from "./sources.ts";

/** What is needed to talk to a Prefect API. */
export interface ApiSettings {
  /** Without a trailing slash, ends in `/api`. */
  apiUrl: string;
  apiKey: string | undefined;
  /** `user:password` of basic auth. */
  authString: string | undefined;
  customHeaders: Record<string, string>;
  tlsInsecureSkipVerify: boolean;
  sslCertFile: string | undefined;
}

/** All settings that this project acts on, read from the places that Prefect reads. Times in seconds, as Prefect's. */
export interface Settings extends ApiSettings, RunSettings {
  /** Folder for what is kept between starts: mirrors, dependencies. */
  home: string;
  /** `PREFECT_UI_URL`, else what follows from the API's address. Without a trailing slash. */
  uiUrl: string;
  worker: {
    heartbeatSeconds: number;
    querySeconds: number;
    prefetchSeconds: number;
    /** From a cancellation until a run's process is ended by force: `PREFECT_TS_WORKER_CANCEL_GRACE_SECONDS`. */
    cancelGraceSeconds: number;
    /** Time that running runs have after the first SIGTERM: `PREFECT_TS_WORKER_DRAIN_SECONDS`. Undefined: no end. */
    drainSeconds: number | undefined;
    /** Time between two looks for runs whose worker is gone: `PREFECT_TS_WORKER_LOST_RUNS_SECONDS`. */
    lostRunsSeconds: number;
    /** Where `--with-healthcheck` listens. */
    webserver: { host: string; port: number };
  };
  /** Seconds between heartbeat events of a run: `PREFECT_FLOWS_HEARTBEAT_FREQUENCY`. */
  heartbeatSeconds: number;
  /** `PREFECT_TS_LOG_FORMAT`: JSON lines for a log collector (the default in a pod), or lines for people. */
  logFormat: "json" | "pretty";
  /** Every `PREFECT_` setting that is set, by its environment name: what a run's process inherits. */
  raw: RawSettings;
}

/**
 * Reads the settings.
 * @throws PrefectError SETTINGS_INVALID that names the setting and the value seen (never a secret's)
 */
export function loadSettings(env: NodeJS.ProcessEnv = process.env, cwd: string = process.cwd()): Settings {
  const raw = rawSettings(env, cwd);
  // Not kept, because it is asked for alone (`mayPrompt`); a wrong one is told all the same.
  readBoolean(raw, "PREFECT_CLI_PROMPT", true);
  const apiUrl = readApiUrl(raw);
  return {
    apiUrl,
    apiKey: raw.PREFECT_API_KEY,
    authString: readAuthString(raw),
    customHeaders: readHeaders(raw.PREFECT_CLIENT_CUSTOM_HEADERS),
    tlsInsecureSkipVerify: readBoolean(raw, "PREFECT_API_TLS_INSECURE_SKIP_VERIFY", false),
    sslCertFile: raw.PREFECT_API_SSL_CERT_FILE,
    home: prefectHome(raw),
    uiUrl: uiUrl(raw.PREFECT_UI_URL, apiUrl),
    worker: {
      heartbeatSeconds: readNumber(raw, "PREFECT_WORKER_HEARTBEAT_SECONDS", 30),
      querySeconds: readNumber(raw, "PREFECT_WORKER_QUERY_SECONDS", 10),
      prefetchSeconds: readNumber(raw, "PREFECT_WORKER_PREFETCH_SECONDS", 10, "0 or more"),
      cancelGraceSeconds: readNumber(raw, "PREFECT_TS_WORKER_CANCEL_GRACE_SECONDS", 30),
      drainSeconds: readOptionalNumber(raw, "PREFECT_TS_WORKER_DRAIN_SECONDS"),
      lostRunsSeconds: readNumber(raw, "PREFECT_TS_WORKER_LOST_RUNS_SECONDS", 60),
      webserver: {
        host: raw.PREFECT_WORKER_WEBSERVER_HOST ?? "0.0.0.0",
        port: readNumber(raw, "PREFECT_WORKER_WEBSERVER_PORT", 8080),
      },
    },
    heartbeatSeconds: readNumber(raw, "PREFECT_FLOWS_HEARTBEAT_FREQUENCY", 30),
    logFormat: readLogFormat(raw, env),
    ...readRunSettings(raw),
    raw,
  };
}

/** The same, or undefined where no place gives `PREFECT_API_URL`. */
export function loadSettingsIfAny(
  env: NodeJS.ProcessEnv = process.env,
  cwd: string = process.cwd(),
): Settings | undefined {
  return rawSettings(env, cwd).PREFECT_API_URL === undefined ? undefined : loadSettings(env, cwd);
}

/**
 * `PREFECT_CLI_PROMPT`: may the command line ask questions. Read alone, because not every question needs a server.
 * @throws PrefectError SETTINGS_INVALID
 */
export function mayPrompt(env: NodeJS.ProcessEnv = process.env, cwd: string = process.cwd()): boolean {
  return readBoolean(rawSettings(env, cwd), "PREFECT_CLI_PROMPT", true);
}

/** Every setting that is set, from all places, by its environment name. */
export function rawSettings(env: NodeJS.ProcessEnv, cwd: string): RawSettings {
  const raw: RawSettings = {};
  for (const source of readSettingsSources(env, cwd).reverse()) Object.assign(raw, source.values);
  return raw;
}

function readApiUrl(raw: RawSettings): string {
  const value = raw.PREFECT_API_URL;
  if (value === undefined) {
    throw new PrefectError(
      "SETTINGS_INVALID",
      "PREFECT_API_URL is not set: which Prefect server? For one on this machine: " +
        "export PREFECT_API_URL=http://127.0.0.1:4200/api",
    );
  }
  const trimmed = value.replace(/\/+$/, "");
  if (!URL.canParse(trimmed) || !/^https?:$/.test(new URL(trimmed).protocol)) {
    throw new PrefectError(
      "SETTINGS_INVALID",
      `PREFECT_API_URL is "${value}", which is not an http or https address. ` +
        "Give the API's address, for example http://127.0.0.1:4200/api",
    );
  }
  return trimmed;
}

function readAuthString(raw: RawSettings): string | undefined {
  const value = raw.PREFECT_API_AUTH_STRING;
  if (value !== undefined && !value.includes(":")) {
    throw new PrefectError("SETTINGS_INVALID", "PREFECT_API_AUTH_STRING must have the form user:password.");
  }
  return value;
}

function readHeaders(value: string | undefined): Record<string, string> {
  if (value === undefined) return {};
  try {
    const parsed: unknown = JSON.parse(value);
    if (typeof parsed === "object" && parsed !== null && !Array.isArray(parsed)) {
      return Object.fromEntries(
        Object.entries(parsed).map(([name, text]) => [name.toLowerCase(), String(text)]),
      );
    }
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new PrefectError(
    "SETTINGS_INVALID",
    'PREFECT_CLIENT_CUSTOM_HEADERS must be a JSON object, for example {"X-Team": "museum"}.',
  );
}

function readLogFormat(raw: RawSettings, env: NodeJS.ProcessEnv): "json" | "pretty" {
  const value = raw.PREFECT_TS_LOG_FORMAT ?? (env.KUBERNETES_SERVICE_HOST ? "json" : "pretty");
  if (value === "json" || value === "pretty") return value;
  throw new PrefectError("SETTINGS_INVALID", `PREFECT_TS_LOG_FORMAT is "${value}": give json or pretty.`);
}
