import type { Diagnosis } from "../../checks/diagnosis.ts";
import { type Outcome, outcomeOf } from "../../checks/outcome.ts";
import type { WorkPool } from "../../prefect/api-types.ts";
import { errorText, isNotFound, PrefectError } from "../../prefect/errors.ts";
import type { Session } from "../session.ts";

/** Something is as it should not be, with what to do; no error of a connection. */
class Finding extends Error {
  readonly pattern: string;
  readonly whatToDo: string;

  constructor(pattern: string, message: string, whatToDo: string) {
    super(message);
    this.pattern = pattern;
    this.whatToDo = whatToDo;
  }
}

/** What is known about a failure of the Prefect API; its errors say in their own words what to do. */
function diagnosePrefect(error: unknown): Diagnosis {
  if (error instanceof Finding) {
    const { pattern, message, whatToDo } = error;
    return { pattern, code: undefined, message, cause: "", whatToDo };
  }
  const code = error instanceof PrefectError ? error.code : undefined;
  return {
    pattern: code?.toLowerCase().replaceAll("_", "-") ?? "unknown",
    code,
    message: errorText(error),
    cause: "The Prefect API could not be used; without it no run is started and none is seen.",
    whatToDo:
      "Check PREFECT_API_URL and PREFECT_API_KEY or PREFECT_API_AUTH_STRING, and that the server runs.",
  };
}

/** The server, then each pool that is asked for (or that the server has), then the workers of each. */
export async function checkPrefect(
  session: Session,
  wanted: readonly string[],
  signal: AbortSignal,
): Promise<Outcome[]> {
  const check = (target: string, work: () => Promise<string>): Promise<Outcome> =>
    outcomeOf(target, diagnosePrefect, signal, work);
  const api = await check("Prefect API", async () => {
    const version = await session.withClient((client) => client.version());
    return `${session.settings.apiUrl}, server ${version}`;
  });
  if (api.diagnosis) return [api];
  const names = wanted.length > 0 ? wanted : await poolNames(session);
  if (names.length === 0) {
    const none = new Finding(
      "no-work-pool",
      "The server has no work pool.",
      "prefect-ts work-pool create dev-process --type process",
    );
    return [api, await check("Work pool", () => Promise.reject(none))];
  }
  const outcomes = [api];
  for (const name of names) {
    const pool = await check(`Work pool ${name}`, () => lookAtPool(session, name));
    outcomes.push(pool);
    if (pool.diagnosis?.pattern === "unknown-work-pool") continue;
    outcomes.push(await check(`Worker of ${name}`, () => lookForWorkers(session, name)));
  }
  return outcomes;
}

async function poolNames(session: Session): Promise<string[]> {
  const pools = await session.withClient((client) => client.workPools.filter());
  return pools.map(({ name }) => name).sort();
}

async function lookAtPool(session: Session, name: string): Promise<string> {
  let pool: WorkPool;
  try {
    pool = await session.withClient((client) => client.workPools.read(name));
  } catch (error) {
    if (!isNotFound(error)) throw error;
    const create = `prefect-ts work-pool create ${name} --type process`;
    throw new Finding("unknown-work-pool", `The server has no work pool "${name}".`, create);
  }
  if (pool.is_paused) {
    const resume = `prefect-ts work-pool resume ${name}`;
    throw new Finding("paused", "The pool is paused: its runs wait.", resume);
  }
  if (pool.concurrency_limit === 0) {
    const clear = `prefect-ts work-pool clear-concurrency-limit ${name}`;
    throw new Finding("limit-of-zero", "Its concurrency limit is 0: its runs wait.", clear);
  }
  return `type ${pool.type}, concurrency limit ${pool.concurrency_limit ?? "none"}`;
}

async function lookForWorkers(session: Session, name: string): Promise<string> {
  const workers = await session.withClient((client) => client.workPools.onlineWorkers(name));
  if (workers.length === 0) {
    const start = `prefect-ts worker start --pool ${name}`;
    throw new Finding("no-worker", "No worker of this pool is online: its runs stay Scheduled.", start);
  }
  return `${workers.length} online: ${workers.map((worker) => worker.name).join(", ")}`;
}
