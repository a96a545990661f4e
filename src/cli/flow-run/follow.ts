import { setTimeout as sleep } from "node:timers/promises";
import type { FlowRun, Log, State } from "../../prefect/api-types.ts";
import type { PrefectClient } from "../../prefect/client/client.ts";
import { isFinal } from "../../prefect/states.ts";

export type Followed = { at: string; state: State } | { at: string; log: Log };

const PAGE = 200;

/**
 * Gives states and logs of a run as they come, until it has ended; returns the run as it is then.
 * `interval` in seconds. `seen`: ids of logs not to give again. Aborting `signal` throws its reason.
 */
export async function* followRun(
  client: PrefectClient,
  id: string,
  options: { interval: number; signal?: AbortSignal; seen?: Set<string> },
): AsyncGenerator<Followed, FlowRun> {
  const seenLogs = options.seen ?? new Set<string>();
  const seenStates = new Set<string>();
  let ended = false;
  for (;;) {
    const run = await client.flowRuns.read(id);
    const fresh: Followed[] = [];
    if (run.state_id != null && !seenStates.has(run.state_id)) {
      fresh.push(...(await newStates(client, id, seenStates)));
    }
    const logs = await newLogs(client, id, seenLogs);
    yield* [...fresh, ...logs].sort((one, other) => Date.parse(one.at) - Date.parse(other.at));
    // Logs travel apart from states: once the run has ended, it is looked until a look finds no more.
    if (ended && logs.length === 0) return run;
    ended = isFinal(run.state_type);
    await sleep(options.interval * 1000, undefined, { signal: options.signal });
  }
}

async function newStates(client: PrefectClient, id: string, seen: Set<string>): Promise<Followed[]> {
  const states = (await client.flowRuns.states(id)).filter((state) => !seen.has(state.id ?? ""));
  for (const state of states) seen.add(state.id ?? "");
  return states.map((state) => ({ at: state.timestamp ?? "", state }));
}

async function newLogs(client: PrefectClient, id: string, seen: Set<string>): Promise<Followed[]> {
  const fresh: Log[] = [];
  // A page back: records of several tasks do not arrive in the order of their times.
  for (let offset = Math.max(0, seen.size - PAGE); ; offset += PAGE) {
    const page = await client.flowRuns.logs(id, { limit: PAGE, offset });
    for (const log of page) {
      if (seen.has(log.id ?? "")) continue;
      seen.add(log.id ?? "");
      fresh.push(log);
    }
    if (page.length < PAGE) return fresh.map((log) => ({ at: log.timestamp, log }));
  }
}
