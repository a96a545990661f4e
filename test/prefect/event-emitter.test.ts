import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, it } from "vitest";
import { PrefectClient } from "../../src/prefect/client/client.ts";
import type { OutgoingEvent } from "../../src/prefect/outgoing-event.ts";
import { loadSettings } from "../../src/prefect/settings/settings.ts";
import { EventEmitter } from "../../src/prefect/sockets/event-emitter.ts";
import { sharedStack } from "../support/shared-stack.ts";
import { waitFor } from "../support/wait-for.ts";

const stack = await sharedStack("prefect");
const settings = loadSettings(stack.env);
let client: PrefectClient;
beforeAll(() => {
  client = new PrefectClient(settings);
});
afterAll(() => client.close());

const event = (what: string, number: number, labels: Record<string, string> = {}): OutgoingEvent => ({
  id: randomUUID(),
  occurred: new Date().toISOString(),
  event: `museum.${what}.${number}`,
  resource: { "prefect.resource.id": `museum.${what}`, ...labels },
  related: [],
  payload: {},
});

/** Names of the events of one resource that the server has, once it has so many. */
async function recorded(what: string, count: number): Promise<string[]> {
  const filter = { resource: { id: [`museum.${what}`] }, occurred: { since: "2020-01-01T00:00:00Z" } };
  return await waitFor(
    async () => {
      const found = (await client.filterEvents(filter)).map(({ event }) => event);
      return found.length >= count ? found : undefined;
    },
    { what: `the server has ${count} events of ${what}`, timeoutMs: 90_000 },
  );
}

it("an event that the server refuses costs none of the others, and is counted and explained", async () => {
  const what = randomUUID();
  const events = new EventEmitter(settings, client);
  for (let number = 0; number < 40; number += 1) {
    // A server takes no resource without an id.
    const bad = { "prefect.resource.id": "" };
    events.emit(event(what, number, number === 17 || number === 33 ? bad : {}));
  }
  // The server breaks the connection at the first.
  await waitFor(() => /422/.test(events.lastError), { what: "the bad events are known", timeoutMs: 60_000 });
  events.emit(event(what, 40));
  await events.flush(60_000);
  expect(events.takeDropped()).toBe(2);
  expect(events.lastError).toMatch(/^POST \/events answered 422: .*prefect\.resource\.id/);
  const names = await recorded(what, 39);
  expect(new Set(names).size).toBe(39);
  expect(names).not.toContain(`museum.${what}.17`);
}, 200_000);

it("half of a surrogate pair costs no event", async () => {
  const what = randomUUID();
  const events = new EventEmitter(settings, client);
  events.emit({ ...event(what, 1), payload: { text: "\ud83d" } });
  await events.flush(60_000);
  expect(events.takeDropped()).toBe(0);
  expect(await recorded(what, 1)).toEqual([`museum.${what}.1`]);
}, 150_000);
