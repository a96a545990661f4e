import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { FlowRun } from "../../prefect/api-types.ts";
import type { PrefectClient } from "../../prefect/client/client.ts";
import { errorText, PrefectError } from "../../prefect/errors.ts";

/** Seconds that a renewed lease holds (as Prefect's engine asks), and after which it is renewed. */
const LEASE_SECONDS = 300;
const RENEW_AFTER = 225;
/** Seconds before the first heartbeat: what is over by then needs none, and spares the server an event. */
const FIRST_BEAT_SECONDS = 3;
/** Tries within one renewal, and seconds between them. */
const RENEW_TRIES = 3;
const RENEW_PAUSE = 10;

/**
 * Sends `prefect.flow-run.heartbeat` every `seconds` until disposed, the first after three, so that zombie automations of the server, and
 * workers that look for runs left behind, can tell a run that is at work from one whose process is gone.
 */
export function startHeartbeat(
  client: Pick<PrefectClient, "emitEvents">,
  flowRun: FlowRun,
  seconds: number,
): Disposable {
  const beat = () => {
    // A lost beat is no harm: the next one follows.
    client.emitEvents([heartbeatEvent(flowRun)]).catch(() => undefined);
  };
  let timer = setTimeout(() => {
    beat();
    timer = setInterval(beat, seconds * 1000).unref();
  }, Math.min(FIRST_BEAT_SECONDS, seconds) * 1000).unref();
  return { [Symbol.dispose]: () => clearTimeout(timer) };
}

/**
 * Renews the lease of a concurrency slot until disposed; without it the slot is lost after `leaseSeconds`.
 * `onLost` is told when it cannot be renewed: another run may have the slot then.
 */
export function holdLease(
  client: Pick<PrefectClient, "renewLease">,
  leaseId: string,
  onLost: (error: Error) => void,
  renewAfterSeconds = RENEW_AFTER,
  leaseSeconds = LEASE_SECONDS,
): Disposable {
  const controller = new AbortController();
  void renewUntil(client, { leaseId, leaseSeconds, renewAfterSeconds }, controller.signal).catch((error) => {
    if (!controller.signal.aborted) onLost(new Error(`The concurrency slot was lost: ${errorText(error)}`));
  });
  return { [Symbol.dispose]: () => controller.abort() };
}

async function renewUntil(
  client: Pick<PrefectClient, "renewLease">,
  lease: { leaseId: string; leaseSeconds: number; renewAfterSeconds: number },
  signal: AbortSignal,
) {
  const pause = (seconds: number) => sleep(seconds * 1000, undefined, { signal, ref: false });
  for (;;) {
    for (let attempt = 1; ; attempt += 1) {
      try {
        await client.renewLease(lease.leaseId, lease.leaseSeconds);
        break;
      } catch (error) {
        const hopeless = error instanceof PrefectError && !error.retryable;
        if (hopeless || attempt === RENEW_TRIES) throw error;
        await pause(RENEW_PAUSE);
      }
    }
    await pause(lease.renewAfterSeconds);
  }
}

function heartbeatEvent(flowRun: FlowRun) {
  const related = [
    { "prefect.resource.id": `prefect.flow.${flowRun.flow_id}`, "prefect.resource.role": "flow" },
  ];
  if (flowRun.deployment_id) {
    const id = `prefect.deployment.${flowRun.deployment_id}`;
    related.push({ "prefect.resource.id": id, "prefect.resource.role": "deployment" });
  }
  return {
    id: randomUUID(),
    occurred: new Date().toISOString(),
    event: "prefect.flow-run.heartbeat",
    resource: {
      "prefect.resource.id": `prefect.flow-run.${flowRun.id}`,
      "prefect.resource.name": flowRun.name ?? "",
    },
    related,
    payload: {},
  };
}
