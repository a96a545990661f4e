import type { S3Client } from "@aws-sdk/client-s3";
import { snapshotsFolder } from "./keys.ts";

const MOMENT = /^\d{8}T\d{6}Z$/;

/** Where a file of a snapshot is: `{S3_PREFIX}/{moment}/{file}`. */
export function snapshotKey(moment: string, file: string): string {
  return `${snapshotsFolder()}${moment}/${file}`;
}

/** The moments of the snapshots in a bucket, also of unfinished ones, the latest first. @throws the SDK's errors */
export async function snapshotMoments(
  client: S3Client,
  bucket: string,
  signal: AbortSignal,
): Promise<string[]> {
  const { paginateListObjectsV2 } = await import("@aws-sdk/client-s3");
  const folder = snapshotsFolder();
  const moments: string[] = [];
  const pages = paginateListObjectsV2({ client }, { Bucket: bucket, Prefix: folder, Delimiter: "/" });
  for await (const { CommonPrefixes = [] } of pages) {
    signal.throwIfAborted();
    for (const { Prefix = "" } of CommonPrefixes) {
      const name = Prefix.slice(folder.length, -1);
      if (MOMENT.test(name)) moments.push(name);
    }
  }
  return moments.sort().reverse();
}

/**
 * Opens an object for reading, whole or its first bytes only; undefined when it is not there.
 * @throws the SDK's errors
 */
export async function openObject(
  client: S3Client,
  { bucket, key, bytes }: { bucket: string; key: string; bytes?: number },
  signal: AbortSignal,
): Promise<AsyncIterable<Uint8Array> | undefined> {
  const { GetObjectCommand } = await import("@aws-sdk/client-s3");
  const range = bytes === undefined ? {} : { Range: `bytes=0-${bytes - 1}` };
  const get = new GetObjectCommand({ Bucket: bucket, Key: key, ...range });
  try {
    const { Body } = await client.send(get, { abortSignal: signal });
    // In Node it is a readable stream.
    return Body as unknown as AsyncIterable<Uint8Array>;
  } catch (error) {
    if (error instanceof Error && error.name === "NoSuchKey") return undefined;
    throw error;
  }
}
