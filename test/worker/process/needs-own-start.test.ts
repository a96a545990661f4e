import { expect, it } from "vitest";
import { needsOwnStart } from "../../../src/worker/process/needs-own-start.ts";

const own = { TZ: "Europe/Oslo", NODE_OPTIONS: "--enable-source-maps" };

it.each([
  "NODE_OPTIONS",
  "NODE_USE_ENV_PROXY",
  "NODE_DEBUG",
  "NODE_V8_COVERAGE",
  "LD_PRELOAD",
  "LC_TIME",
  "MALLOC_ARENA_MAX",
  "OPENSSL_CONF",
  "SSL_CERT_FILE",
  "UV_THREADPOOL_SIZE",
  "TZ",
])("%s acts only at the start of a process", (name) => {
  expect(needsOwnStart({ [name]: "x" }, own)).toBe(true);
});

it.each<[string, Record<string, string>]>([
  ["what the worker has, too", own],
  [
    "what programs read themselves",
    { NODE_ENV: "production", MUSEUM: "NHM", PREFECT_API_URL: "http://a/api" },
  ],
])("%s needs no process of its own", (_, env) => {
  expect(needsOwnStart(env, own)).toBe(false);
});
