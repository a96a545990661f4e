import { PrefectClient } from "../prefect/client/client.ts";
import { isNotFound } from "../prefect/errors.ts";
import { readProfile } from "../prefect/settings/profiles.ts";
import { loadSettings, mayPrompt, type Settings } from "../prefect/settings/settings.ts";
import { CliError } from "./errors.ts";
import { onStderr, printError } from "./output.ts";

/** Milliseconds that a command goes on trying while the server is away. A person waits, so not for long. */
const RETRY_FOR = 5_000;
const PATIENT_RETRY_FOR = 10 * 60_000;

/** Options that stand before or after any verb. */
export interface GlobalOptions {
  profile?: string;
  prompt?: boolean;
  debug?: boolean;
}

/** What a command works with. Settings are read when first asked for, so that help needs none. */
export class Session {
  #options: () => GlobalOptions;
  #settings: Settings | undefined;

  constructor(options: () => GlobalOptions) {
    this.#options = options;
  }

  /** The settings, with `--profile` applied. @throws PrefectError SETTINGS_INVALID */
  get settings(): Settings {
    this.#settings ??= loadSettings(this.environment);
    return this.#settings;
  }

  /** The environment; a profile named by `--profile` lies over it, as in Prefect. */
  get environment(): NodeJS.ProcessEnv {
    const name = this.#options().profile;
    if (name === undefined) return process.env;
    const environment = { ...process.env, PREFECT_PROFILE: name };
    const profile = readProfile(name, environment, process.cwd());
    if (profile === undefined) {
      throw new CliError(`Unknown profile '${name}'. The profiles of this machine: prefect profile ls`);
    }
    return { ...environment, ...profile };
  }

  /** Whether questions may be asked: on a terminal, and not with `--no-prompt` or PREFECT_CLI_PROMPT=false. */
  get interactive(): boolean {
    if (process.stdin.isTTY !== true || process.stdout.isTTY !== true) return false;
    return this.#options().prompt ?? mayPrompt(this.environment);
  }

  get debug(): boolean {
    return this.#options().debug === true || /^(1|true|yes|on)$/i.test(process.env.PREFECT_DEBUG_MODE ?? "");
  }

  /**
   * Does work with a client that is closed afterwards.
   * `patient`: the work watches something for long, so an outage of the server is told of and waited out.
   */
  async withClient<T>(work: (client: PrefectClient) => Promise<T>, patient = false): Promise<T> {
    const client = new PrefectClient(this.settings, {
      retryFor: patient ? PATIENT_RETRY_FOR : RETRY_FOR,
      onRetry: (error) => {
        if (this.debug || patient) printError(onStderr.dim(`Trying again: ${error.message}`));
      },
    });
    try {
      await this.#refuseWrongAddress(client);
      return await work(client);
    } finally {
      await client.close();
    }
  }

  /** An address that does not look like an API's is tried first: every 404 of a wrong one would mislead. */
  async #refuseWrongAddress(client: PrefectClient): Promise<void> {
    const { apiUrl } = this.settings;
    if (/\/api(\/|$)/.test(new URL(apiUrl).pathname)) return;
    try {
      await client.version();
    } catch (error) {
      if (!isNotFound(error)) throw error;
      throw new CliError(
        `PREFECT_API_URL is ${apiUrl}, and there is no Prefect API. The API's address usually ends in /api: ${new URL(apiUrl).origin}/api`,
      );
    }
  }

  /** The address of a page of Prefect's UI. */
  uiUrl(path: string): string {
    return `${this.settings.uiUrl}/${path}`;
  }
}
