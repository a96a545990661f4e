import { pino } from "pino";
import { expect, it } from "vitest";
import { PrefectError } from "../../src/prefect/errors.ts";
import { whenServerAnswers } from "../../src/worker/first-contact.ts";

const away = () => Promise.reject(new PrefectError("API_UNREACHABLE", "nobody answers", { retryable: true }));
const logger = pino({ level: "silent" });
const never = new AbortController().signal;

it("a server that is away for longer than a client tries is asked again", async () => {
  let tries = 0;
  const ask = async () => (++tries < 4 ? away() : "the pool");
  expect(await whenServerAnswers(ask, logger, never)).toBe("the pool");
});

it("an answer that no later one will better ends the start", async () => {
  const refuse = () => Promise.reject(new PrefectError("API_UNAUTHORIZED", "wrong password"));
  await expect(whenServerAnswers(refuse, logger, never)).rejects.toThrow("wrong password");
});

it("a worker that waits for its server can be stopped", async () => {
  const stop = new AbortController();
  const waiting = whenServerAnswers(() => new Promise(() => undefined), logger, stop.signal);
  stop.abort();
  expect(await waiting).toBeUndefined();
});
