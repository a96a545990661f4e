import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { pino } from "pino";
import { expect, it } from "vitest";
import { PrefectClient } from "../../src/prefect/client/client.ts";
import { loadSettings } from "../../src/prefect/settings/settings.ts";
import { Competition } from "../../src/worker/competition.ts";
import { pollForRuns, restAfterPoll } from "../../src/worker/poll.ts";
import { Slots } from "../../src/worker/slots.ts";
import { Wake } from "../../src/worker/wake.ts";

it.each([
  [1, 50],
  [40, 80],
  [700, 1_400],
  [60_000, 2_000],
])(
  "after a poll of %i ms the worker rests %i ms before the next, so that it cannot flood a slow server",
  (took, rest) => {
    expect(restAfterPoll(took)).toBe(rest);
  },
);

it("a server that asks for time gets it", async () => {
  const server = createServer((_, response) => response.writeHead(503, { "retry-after": "400" }).end());
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const PREFECT_API_URL = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api`;
  const client = new PrefectClient(loadSettings({ PREFECT_API_URL }, "/"));
  const stop = new AbortController();
  const lines: string[] = [];
  const write = (line: string) => {
    lines.push(line);
    stop.abort();
  };
  const nothing = () => undefined;
  await pollForRuns(
    {
      ...{ client, pool: "p", workQueues: [], prefetchSeconds: 10, querySeconds: 10 },
      ...{
        slots: new Slots(undefined, nothing),
        wake: new Wake(),
        competition: new Competition(),
        isCalm: () => false,
      },
      ...{ logger: pino({}, { write }), onRun: nothing, onAnswer: nothing, onPoll: nothing },
    },
    stop.signal,
  );
  expect(lines[0]).toContain("next try in 400.0 s");
  await client.close();
  server.close();
});
