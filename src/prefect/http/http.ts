import { setTimeout as sleep } from "node:timers/promises";
import { PrefectError } from "../errors.ts";
import { httpBackoff, retryDelay } from "../retry-delay.ts";
import type { ApiSettings } from "../settings/settings.ts";
import { jsonText } from "../well-formed.ts";
import { requestHeaders } from "./authorization.ts";
import { errorFromNetwork, errorFromResponse } from "./error-table.ts";
import { ServerClock } from "./server-clock.ts";
import { ServerContact } from "./server-contact.ts";
import { type Answer, type HttpMethod, Transport } from "./transport.ts";

export interface RequestOptions {
  body?: unknown;
  signal?: AbortSignal;
  /**
   * How long to go on trying, in milliseconds, counted from the first try. 0: one try. A 503 that comes only when this has
   * passed is followed by one more.
   */
  retryFor?: number;
  /** The same for 401 and 403, which else end it at once: credentials are changed on both sides, and not at one time. */
  retryUnauthorizedFor?: number;
  /**
   * Tried again only where the server says that it did nothing (429; 503, as a busy SQLite gives): for what makes
   * something new and has no idempotency key.
   */
  makesNew?: true;
}

/** The version of Prefect's REST API that the shapes here were read from. */
const API_VERSION = "0.8.4";
/**
 * A server reads from it, in exactly this form, which release of the protocol its client speaks. Without it, it takes
 * the client for one that knows no leases, and revokes the concurrency slot of a run the moment it is Running.
 */
const USER_AGENT = `prefect/3.8.8 (API ${API_VERSION})`;
const DEFAULT_RETRY_FOR = 60_000;

/** HTTP to one Prefect API: JSON in, JSON out, with authentication, retries and errors from one table. */
export class Http {
  readonly apiUrl: string;
  #path: string;
  #clock = new ServerClock();
  #contact = new ServerContact();
  #transport: Transport;
  #headers: Record<string, string>;
  #onRetry: (error: PrefectError, delay: number) => void;
  #onError: (error: PrefectError) => void;
  #retryFor: number;
  #closed = new AbortController();

  constructor(
    settings: ApiSettings,
    options: {
      retryFor?: number;
      onRetry?: (error: PrefectError, delay: number) => void;
      onError?: (error: PrefectError) => void;
    } = {},
  ) {
    this.apiUrl = settings.apiUrl.replace(/\/+$/, "");
    const address = new URL(this.apiUrl);
    this.#path = address.pathname;
    this.#transport = new Transport(address, settings);
    this.#headers = requestHeaders(settings, {
      "content-type": "application/json",
      accept: "application/json",
      "user-agent": USER_AGENT,
      "x-prefect-api-version": API_VERSION,
    });
    this.#onRetry = options.onRetry ?? (() => undefined);
    this.#onError = options.onError ?? (() => undefined);
    this.#retryFor = options.retryFor ?? DEFAULT_RETRY_FOR;
  }

  /** The time by the server's clock, in milliseconds since 1970, as far as its answers tell. */
  get serverTime(): number {
    return this.#clock.now();
  }

  /** Since when the server has answered without a break, in milliseconds by this machine's clock; undefined: it does not. */
  get inContactSince(): number | undefined {
    return this.#contact.since(Date.now());
  }

  get<T>(path: string, options: RequestOptions = {}): Promise<T> {
    return this.#request<T>("GET", path, options);
  }

  post<T>(path: string, body?: unknown, options: RequestOptions = {}): Promise<T> {
    return this.#request<T>("POST", path, { ...options, body });
  }

  patch<T>(path: string, body: unknown, options: RequestOptions = {}): Promise<T> {
    return this.#request<T>("PATCH", path, { ...options, body });
  }

  delete<T>(path: string, options: RequestOptions = {}): Promise<T> {
    return this.#request<T>("DELETE", path, options);
  }

  /** Tries nothing again from now on, and closes the sockets once what is under way has ended. */
  async close(): Promise<void> {
    this.#closed.abort(new Error("the client was closed"));
    await this.#transport.close();
  }

  async #request<T>(method: HttpMethod, path: string, options: RequestOptions): Promise<T> {
    const started = Date.now();
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.#once<T>(method, path, options);
      } catch (error) {
        if (!(error instanceof PrefectError)) throw error;
        this.#onError(error);
        const retryFor = this.#retryTime(error, options);
        if (retryFor === 0) throw error;
        if (options.makesNew && error.status !== 429 && error.status !== 503) throw error;
        const delay = retryDelay(attempt, httpBackoff, Math.random(), error.retryAfter);
        const isLate = Date.now() - started + delay > retryFor;
        // A server on SQLite that is busy says so after half a minute: it is asked once more, however short the time was.
        const mayAskOnceMore = attempt === 1 && error.status === 503 && delay <= retryFor;
        if (this.#closed.signal.aborted || (isLate && !mayAskOnceMore)) throw error;
        this.#onRetry(error, delay);
        const signals = [this.#closed.signal, ...(options.signal ? [options.signal] : [])];
        await sleep(delay, undefined, { signal: AbortSignal.any(signals) });
      }
    }
  }

  #retryTime(error: PrefectError, options: RequestOptions): number {
    if (error.retryable) return options.retryFor ?? this.#retryFor;
    return error.code === "API_UNAUTHORIZED" ? (options.retryUnauthorizedFor ?? 0) : 0;
  }

  async #once<T>(method: HttpMethod, path: string, options: RequestOptions): Promise<T> {
    const name = `${method} ${path}`;
    const sent = Date.now();
    let answer: Answer;
    try {
      answer = await this.#transport.send({
        method,
        path: `${this.#path}${path}`,
        headers: this.#headers,
        ...(options.body === undefined ? {} : { body: jsonText(options.body) }),
        ...(options.signal === undefined ? {} : { signal: options.signal }),
      });
    } catch (error) {
      if (options.signal?.aborted) throw error;
      this.#contact.failed(sent);
      throw errorFromNetwork(name, this.apiUrl, error);
    }
    const { status, headers, text } = answer;
    this.#clock.answered(headers.date, sent, Date.now());
    if (status >= 300) {
      const error = errorFromResponse(name, status, headers, text);
      // A server that takes no credentials takes nobody's: others cannot tell it anything either.
      if (error.retryable || error.code === "API_UNAUTHORIZED") this.#contact.failed(sent);
      else this.#contact.answered(Date.now());
      throw error;
    }
    this.#contact.answered(Date.now());
    if (text === "") return undefined as T;
    try {
      return JSON.parse(text) as T;
    } catch (cause) {
      throw new PrefectError(
        "API_INVALID",
        `${name} at ${this.apiUrl} answered something that is not JSON (${text.slice(0, 60).replace(/\s+/g, " ")}…). ` +
          "PREFECT_API_URL must point to the API, which ends in /api, not to the UI.",
        { status, cause },
      );
    }
  }
}
