import type { Row } from "../support/figure.ts";
import { latency } from "./s1-latency.ts";
import { throughput } from "./s2-throughput.ts";
import { tasks } from "./s3-tasks.ts";
import { memory } from "./s4-memory.ts";
import { start } from "./s5-start.ts";
import { actors } from "./s6-actors.ts";
import { actorsAgain } from "./s7-actors-again.ts";
import { snapshot } from "./s8-snapshot.ts";
import { requests } from "./s9-requests.ts";

/** Every row that can be measured, in the order in which they are. */
export const rows: readonly Row[] = [
  latency,
  throughput,
  tasks,
  memory,
  start,
  actors,
  actorsAgain,
  snapshot,
  requests,
];
