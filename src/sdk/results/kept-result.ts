import { basename, dirname, isAbsolute } from "node:path";
import { MissingResultError } from "../errors.ts";
import { localFolder } from "./local-folder.ts";
import { type ResultMetadata, readResult, storageOf } from "./result-store.ts";
import type { ResultOptions, ResultStorage } from "./storage.ts";

/**
 * The result of a run that has ended elsewhere, by what its state on the server tells of it: a file of this machine, or an
 * object of S3.
 * @param data  of the state
 * @param option  the storage that the run had, where its address alone does not lead to it (another endpoint, credentials)
 * @throws MissingResultError when it kept none, or where or how this process cannot read it
 */
export async function keptResult(
  run: string,
  data: unknown,
  option?: ResultOptions["resultStorage"],
): Promise<unknown> {
  const { storage_key: address, storage_block_id: block } = (data ?? {}) as Record<
    keyof ResultMetadata,
    string | null | undefined
  >;
  if (!address)
    throw new MissingResultError(
      `${run} has not kept its result: give its flow persistResult: true (in Python persist_result=True).`,
    );
  const where = `${run} has kept its result as "${address}"`;
  if (block)
    throw new MissingResultError(
      `${where} in storage block ${block}, and storage blocks are not loaded here. Give its flow a folder or s3Folder.`,
    );
  const [storage, key] = placeOf(address, option);
  if (storage === undefined || storage.address(key) !== address)
    throw new MissingResultError(
      `${where}, which does not lie in ${option === undefined ? "a folder or in S3" : "this storage"}.`,
    );
  const found = await readResult(storage, key);
  if (found === undefined)
    throw new MissingResultError(
      `${where}, where there is none for this process: on another machine, expired, or not written as JSON (in Python ` +
        'result_serializer="json").',
    );
  return found.value;
}

function placeOf(
  address: string,
  option: ResultOptions["resultStorage"],
): [ResultStorage | undefined, string] {
  const [, folder, name = ""] = /^(s3:\/\/.+?)\/([^/]+)$/.exec(address) ?? [];
  if (folder !== undefined) return [storageOf(option ?? folder), name];
  const key = basename(address);
  if (option !== undefined) return [storageOf(option), key];
  return [isAbsolute(address) ? localFolder(dirname(address)) : undefined, key];
}
