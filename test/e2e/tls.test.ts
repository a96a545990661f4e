import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { PrefectClient } from "../../src/prefect/client/client.ts";
import { loadSettings } from "../../src/prefect/settings/settings.ts";
import { openPrefectSocket } from "../../src/prefect/sockets/prefect-socket.ts";
import { type Certificate, selfSignedCertificate } from "../support/certificate.ts";
import { type FaultProxy, startFaultProxy } from "../support/fault-proxy.ts";
import { sharedStack } from "../support/shared-stack.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { waitFor } from "../support/wait-for.ts";
import { openScenario, type Scenario } from "./support/scenario.ts";

const stack = await sharedStack("prefect", "git");
let scenario: Scenario;
let certificate: Certificate;
let proxy: FaultProxy;

beforeAll(async () => {
  scenario = await openScenario(stack);
  certificate = await selfSignedCertificate();
  const { key, cert } = certificate;
  proxy = await startFaultProxy({ target: stack.prefect.apiUrl, tls: { key, cert } });
});
afterAll(async () => {
  await scenario.close();
  await proxy.close();
});

const isSocket = (line: string) => /\/(connect|in|out)$/.test(line);
const seen = (pattern: RegExp) => proxy.requests.some((line) => pattern.test(line));
const settings = (env: Record<string, string>, home: string) =>
  loadSettings({ PREFECT_API_URL: proxy.url, PREFECT_HOME: home, ...env }, home);

it("worker and run reach a server behind a certificate of one's own, sockets too, with API key and custom headers", async () => {
  const worker = await scenario.startWorker([], {
    PREFECT_API_URL: proxy.url,
    PREFECT_API_SSL_CERT_FILE: certificate.file,
    PREFECT_API_KEY: "museum-key",
    PREFECT_CLIENT_CUSTOM_HEADERS: '{"X-Team": "museum"}',
  });
  const run = await scenario.run(await scenario.deployFixture("hello"));
  expect((await scenario.ended(run)).state_name).toBe("Completed");
  await scenario.log(run, /Version one/);
  // The worker's, the run's, and the one for the pool's news.
  for (const socket of [/\/events\/out$/, /\/events\/in$/, /\/workers\/connect$/])
    await waitFor(() => seen(socket), { what: `a socket ${socket} through TLS` });
  expect((await worker.stop()).code).toBe(0);
  const requests = proxy.requests.map((line, index) => ({ line, headers: proxy.headers[index] ?? {} }));
  expect(requests.filter(({ headers }) => headers["x-team"] !== "museum")).toEqual([]);
  const withoutKey = requests.filter(({ headers }) => headers.authorization !== "Bearer museum-key");
  // Sockets show it in their first message.
  expect(withoutKey.filter(({ line }) => !isSocket(line))).toEqual([]);
});

it("PREFECT_API_TLS_INSECURE_SKIP_VERIFY lets worker and run believe any certificate", async () => {
  const before = proxy.requests.length;
  const worker = await scenario.startWorker([], {
    PREFECT_API_URL: proxy.url,
    PREFECT_API_TLS_INSECURE_SKIP_VERIFY: "true",
  });
  const run = await scenario.run(await scenario.deployFixture("hello"));
  expect((await scenario.ended(run)).state_name).toBe("Completed");
  await waitFor(() => proxy.requests.slice(before).some((line) => line.endsWith("/events/out")), {
    what: "a socket through TLS",
  });
  expect((await worker.stop()).code).toBe(0);
});

it("without either, requests and sockets are refused, and the setting is named", async () => {
  const home = await temporaryFolder();
  const refused = new PrefectClient(settings({}, home), { retryFor: 0 });
  await expect(refused.version()).rejects.toThrow(/self-signed certificate.*PREFECT_API_SSL_CERT_FILE/);
  await refused.close();
  await expect(openPrefectSocket(settings({}, home), "/events/in")).rejects.toThrow("self-signed");
});

it("a PREFECT_API_SSL_CERT_FILE that is not there, or holds no certificate, is told before any request", async () => {
  const home = await temporaryFolder();
  const text = join(home, "text.pem");
  await writeFile(text, "no certificate\n");
  for (const [file, says] of [
    [join(home, "missing.pem"), "cannot be read"],
    [text, "holds no certificate in PEM form"],
  ] as const) {
    const wrong = settings({ PREFECT_API_SSL_CERT_FILE: file }, home);
    expect(() => new PrefectClient(wrong)).toThrow(`${file}, which ${says}`);
  }
});
