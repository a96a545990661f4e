/**
 * A child process that keeps what lies in `PREFECT_TS_WORKER_STORAGE` from growing without bound, and ends. A process of
 * its own, as looking at a hundred thousand files takes memory that a worker would never give back.
 */
import { constants, setPriority } from "node:os";
import { tidyStorage } from "../git/storage-upkeep.ts";

const storage = process.env.PREFECT_TS_WORKER_STORAGE;
if (storage === undefined) throw new Error("PREFECT_TS_WORKER_STORAGE names no folder.");
setPriority(constants.priority.PRIORITY_LOW);
await tidyStorage(storage);
