import { isAbsolute, join } from "node:path";
import { prefectHome } from "../../prefect/settings/sources.ts";
import { logger } from "../logger.ts";
import { processSettings } from "../process-settings.ts";
import { localFolder } from "./local-folder.ts";
import { s3Folder } from "./s3-folder.ts";
import type { ResultOptions, ResultStorage } from "./storage.ts";

/** What a state's `data` tells of a result that is kept (`ResultRecordMetadata` in `_internal/result_records.py`). */
export interface ResultMetadata {
  storage_key: string;
  expiration: string | null;
  serializer: { type: "json" };
  prefect_version: string;
  storage_block_id: null;
}

/** The release of Prefect whose form of a record is written. */
const PREFECT_VERSION = "3.8.8";

/** Whether results are kept where neither flow nor task says so. */
export function persistsByDefault(kind: "flow" | "task"): boolean {
  const { PREFECT_TASKS_DEFAULT_PERSIST_RESULT: forTasks, PREFECT_RESULTS_PERSIST_BY_DEFAULT: forAll } =
    processSettings();
  return /^(1|true|yes|y|on|t)$/i.test((kind === "task" ? forTasks : undefined) ?? forAll ?? "false");
}

/**
 * The storage of an option: an absolute path, `s3://bucket/prefix`, a storage, or the settings' folder.
 * @throws TypeError when a text is no such path and no `s3://` address
 */
export function storageOf(option: ResultOptions["resultStorage"]): ResultStorage {
  if (option === undefined) return defaultStorage();
  if (typeof option !== "string") return option;
  if (isAbsolute(option)) return localFolder(option);
  const [, bucket, prefix = ""] = /^s3:\/\/([^/]+)(?:\/(.*))?$/.exec(option) ?? [];
  if (bucket !== undefined) return s3Folder({ bucket, prefix });
  throw new TypeError(
    `resultStorage is "${option}": give a folder's absolute path, or s3://bucket/prefix. A relative folder would lie in ` +
      'the checkout of the run, which is removed with it, and storage blocks ("s3-bucket/name") are not loaded here: ' +
      "name their bucket or folder.",
  );
}

/** Told of a setting that is Python's alone, so that nobody looks for results where it says. */
let blockTold = false;

function defaultStorage(): ResultStorage {
  const { PREFECT_RESULTS_LOCAL_STORAGE_PATH: path, PREFECT_LOCAL_STORAGE_PATH: older } = processSettings();
  const folder = path ?? older ?? join(prefectHome(processSettings()), "storage");
  const block = blockSettings.find((name) => processSettings()[name] !== undefined);
  if (block !== undefined && !blockTold) {
    blockTold = true;
    logger.warn(
      `${block} is ${processSettings()[block]}, but storage blocks are not loaded here: results go to ${folder}. ` +
        "Set resultStorage, or PREFECT_LOCAL_STORAGE_PATH.",
    );
  }
  return localFolder(folder);
}

const blockSettings = [
  "PREFECT_TASKS_DEFAULT_STORAGE_BLOCK",
  "PREFECT_RESULTS_DEFAULT_STORAGE_BLOCK",
  "PREFECT_DEFAULT_RESULT_STORAGE_BLOCK",
];

/**
 * Writes a result as a record that Prefect's Python reads too: `{"metadata": …, "result": "<its JSON>"}`.
 * @throws TypeError when it cannot be JSON (a bigint, a cycle), or would come back as something else (a Map, a function, NaN)
 */
export async function writeResult(
  storage: ResultStorage,
  key: string,
  value: unknown,
  expiration?: Date,
): Promise<ResultMetadata> {
  const metadata: ResultMetadata = {
    storage_key: storage.address(key),
    expiration: expiration?.toISOString() ?? null,
    serializer: { type: "json" },
    prefect_version: PREFECT_VERSION,
    storage_block_id: null,
  };
  const result = JSON.stringify(value, refuseLossy) ?? "null";
  await storage.write(key, JSON.stringify({ metadata, result }));
  return metadata;
}

/** For `JSON.stringify`, which makes `{}` or `null` of some values without a word. */
function refuseLossy(this: unknown, key: string, value: unknown): unknown {
  const given = (this as Record<string, unknown>)[key];
  const lost = lostInJson(given);
  // What says itself how it is written is taken at its word.
  if (lost === undefined || !Object.is(value, given)) return value;
  throw new TypeError(`it holds ${key === "" ? "" : `in "${key}" `}what JSON does not keep: ${lost}`);
}

function lostInJson(value: unknown): string | undefined {
  if (value instanceof Map || value instanceof Set || value instanceof Error) return value.constructor.name;
  if (typeof value === "function" || typeof value === "symbol") return typeof value;
  if (typeof value === "number" && !Number.isFinite(value)) return String(value);
  return undefined;
}

/** Reads a record back; undefined when there is none, it has expired, or it was not written as JSON. */
export async function readResult(
  storage: ResultStorage,
  key: string,
): Promise<{ value: unknown; metadata: ResultMetadata } | undefined> {
  const text = await storage.read(key);
  if (text === undefined) return undefined;
  const record = JSON.parse(text) as { metadata: ResultMetadata; result: string };
  const { expiration, serializer } = record.metadata;
  if (serializer?.type !== "json" || (expiration !== null && Date.parse(expiration) <= Date.now()))
    return undefined;
  return { value: JSON.parse(record.result) as unknown, metadata: record.metadata };
}

/** The result that a run's state on the server tells of, if it lies in this storage. */
export async function readKept(
  option: ResultOptions["resultStorage"],
  data: unknown,
): Promise<{ value: unknown } | undefined> {
  const address = (data as Partial<ResultMetadata> | null | undefined)?.storage_key;
  const key = address?.split("/").at(-1);
  if (key === undefined || key === "") return undefined;
  const storage = storageOf(option);
  return storage.address(key) === address ? readResult(storage, key) : undefined;
}
