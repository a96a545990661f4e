import { setTimeout as delay } from "node:timers/promises";

/** Reads and changes a Prefect server in a test, past all code of ours. */
export interface PrefectApi {
  /** `GET path`, e.g. `/flow_runs/ID`. */
  get<T = Record<string, unknown>>(path: string): Promise<T>;
  /** `POST path` with a JSON body, e.g. `/flow_runs/filter`. */
  post<T = Record<string, unknown>>(path: string, body?: unknown): Promise<T>;
  patch(path: string, body: unknown): Promise<void>;
  delete(path: string): Promise<void>;
}

/** The REST API at this address (`stack.prefect.apiUrl`); each call throws when the answer is not a good one. */
export function prefectApi(apiUrl: string, authString?: string): PrefectApi {
  const headers: Record<string, string> = { "content-type": "application/json" };
  if (authString !== undefined) headers.authorization = `Basic ${Buffer.from(authString).toString("base64")}`;
  const call = async (method: string, path: string, body?: unknown) => {
    const send = () =>
      fetch(`${apiUrl}${path}`, {
        method,
        headers,
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
    const answer = await patiently(send);
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${text}`);
    return text === "" ? undefined : JSON.parse(text);
  };
  return {
    get: (path) => call("GET", path),
    post: (path, body = {}) => call("POST", path, body),
    patch: (path, body) => call("PATCH", path, body),
    delete: (path) => call("DELETE", path),
  };
}

/** While it records the task runs of another test's burst, nobody else may get to write for half a minute. */
const PATIENCE_MS = 45_000;

/**
 * A server on SQLite answers 503 when its database is locked, and resets connections when many come at once. What is
 * asked twice must not be done twice: runs are made with an `idempotency_key`.
 */
async function patiently(send: () => Promise<Response>): Promise<Response> {
  for (const giveUp = performance.now() + PATIENCE_MS; ; ) {
    try {
      const answer = await send();
      if (answer.status !== 503 || performance.now() > giveUp) return answer;
    } catch (error) {
      if (performance.now() > giveUp) throw error;
    }
    await delay(250);
  }
}
