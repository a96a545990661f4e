/** A server's event, as far as a benchmark looks at it. */
interface SeenEvent {
  readonly event: string;
  readonly resource: Record<string, string>;
  readonly related: readonly Record<string, string>[];
}

/** A bare subscription to `/events/out`, independent of the client that is measured. */
export interface EventSocket {
  close(): void;
}

/**
 * Subscribes to events of one name that have to do with these work pools. The server filters live events by name only,
 * whatever related resources are asked for: the pools are looked for here.
 * @param onEvent  told the flow run's id and `performance.now()` at its arrival
 * @throws Error when the socket can't be opened
 */
export async function subscribe(
  apiUrl: string,
  wanted: { event: string; poolIds: string[] },
  onEvent: (flowRunId: string, at: number) => void,
): Promise<EventSocket> {
  const socket = new WebSocket(`${apiUrl.replace(/^http/, "ws")}/events/out`, "prefect");
  const pools = wanted.poolIds.map((id) => `prefect.work-pool.${id}`);
  const ready = Promise.withResolvers<void>();
  socket.addEventListener("error", () => ready.reject(new Error(`no events socket at ${apiUrl}`)));
  socket.addEventListener("open", () => socket.send(JSON.stringify({ type: "auth", token: null })));
  socket.addEventListener("message", ({ data }) => {
    const at = performance.now();
    const message = JSON.parse(String(data)) as { type: string; event?: SeenEvent };
    if (message.type === "auth_success") {
      socket.send(JSON.stringify({ type: "filter", filter: filterFor(wanted.event), backfill: false }));
      ready.resolve();
    } else if (message.event !== undefined && isOfPool(message.event, pools)) {
      onEvent(message.event.resource["prefect.resource.id"]?.replace("prefect.flow-run.", "") ?? "", at);
    }
  });
  await ready.promise;
  return { close: () => socket.close() };
}

function isOfPool({ related }: SeenEvent, pools: readonly string[]): boolean {
  return related.some((resource) => pools.includes(resource["prefect.resource.id"] ?? ""));
}

/** Without `occurred` the server would end the subscription now. */
function filterFor(event: string) {
  const now = Date.now();
  return {
    occurred: { since: new Date(now).toISOString(), until: new Date(now + 86_400_000).toISOString() },
    event: { name: [event] },
  };
}
