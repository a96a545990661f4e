import { setTimeout as sleep } from "node:timers/promises";
import { errorText } from "../errors.ts";
import { outageBackoff, retryDelay } from "../retry-delay.ts";
import type { ApiSettings } from "../settings/settings.ts";
import { openPrefectSocket, type PrefectSocket } from "./prefect-socket.ts";

export interface PrefectEvent {
  id: string;
  event: string;
  occurred: string;
  resource: Record<string, string>;
  related: Record<string, string>[];
  payload: Record<string, unknown>;
}

export interface EventSubscription {
  /** Events by name, of one of these resources or related to it. */
  filter: { events: string[]; resourceIds: string[] };
  onEvent: (event: PrefectEvent) => void;
  /** Told at each opening and loss of the socket; of an outage once, not at each try. */
  onState?: (connected: boolean, detail: string) => void;
}

/**
 * Follows `/events/out` until `signal` fires; opens the socket again, with growing waits, whenever it is lost.
 * Events only say "look now": the server drops them silently when a subscriber is slow.
 */
export async function followEvents(
  settings: ApiSettings,
  subscription: EventSubscription,
  signal: AbortSignal,
) {
  let failures = 0;
  while (!signal.aborted) {
    let reason: string;
    try {
      const onMessage = (message: Record<string, unknown>) => {
        if (message.type === "event") tell(subscription, message.event as PrefectEvent);
      };
      const socket = await openPrefectSocket(settings, "/events/out", onMessage, { signal });
      failures = 0;
      reason = await listen(socket, subscription);
    } catch (error) {
      reason = errorText(error);
    }
    if (signal.aborted) return;
    if (failures === 0) subscription.onState?.(false, reason);
    failures += 1;
    await sleep(retryDelay(failures, outageBackoff, Math.random()), undefined, { signal }).catch(
      () => undefined,
    );
  }
}

async function listen(socket: PrefectSocket, subscription: EventSubscription): Promise<string> {
  socket.send({ type: "filter", filter: eventFilter(subscription.filter, new Date()), backfill: false });
  subscription.onState?.(true, "connected");
  return await socket.closed;
}

/** A server applies `related` to events of the past only: live ones of all pools come (seen with 3.8.8). */
function tell({ filter, onEvent }: EventSubscription, event: PrefectEvent): void {
  const isMeant = (resource: Record<string, string>) =>
    filter.resourceIds.includes(resource["prefect.resource.id"] ?? "");
  if (isMeant(event.resource) || event.related.some(isMeant)) onEvent(event);
}

/** A filter without `occurred` ends now, and no live event would ever come: so it gets years. */
function eventFilter(filter: EventSubscription["filter"], now: Date) {
  const until = new Date(now);
  until.setUTCFullYear(now.getUTCFullYear() + 10);
  return {
    // Ten minutes back, for a server whose clock is behind this one's.
    occurred: { since: new Date(now.getTime() - 600_000).toISOString(), until: until.toISOString() },
    event: { name: filter.events },
    related: { id: filter.resourceIds },
  };
}
