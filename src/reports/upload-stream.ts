import type { S3Client } from "@aws-sdk/client-s3";

/** Where an object goes, and what it is. */
export interface UploadTarget {
  bucket: string;
  key: string;
  contentType: string;
}

/** Texts (UTF-8) or bytes, piece by piece. */
export type Pieces = AsyncIterable<string | Uint8Array> | Iterable<string | Uint8Array>;

/** S3 takes parts from 5 MB (2^20), and at most 10,000 of them: 50 GB an object. */
const PART_BYTES = 5 * 2 ** 20;

/**
 * Uploads a stream of any length, holding two parts of 5 MB: what fits into one is a plain put, the rest
 * a multipart upload, which is aborted when anything fails, so that no part stays behind. Returns the object's bytes.
 * @throws the SDK's errors (see `diagnoseS3`); whatever the source throws; the signal's reason
 */
export async function uploadStream(
  client: S3Client,
  { bucket: Bucket, key: Key, contentType: ContentType }: UploadTarget,
  source: Pieces,
  signal?: AbortSignal,
): Promise<number> {
  const S3 = await import("@aws-sdk/client-s3");
  const options = signal === undefined ? {} : { abortSignal: signal };
  const parts = inParts(source, PART_BYTES);
  const first = await parts.next();
  const second = await parts.next();
  if (second.done) {
    const Body = first.done ? Buffer.alloc(0) : first.value;
    await client.send(new S3.PutObjectCommand({ Bucket, Key, ContentType, Body }), options);
    return Body.length;
  }
  const { UploadId } = await client.send(
    new S3.CreateMultipartUploadCommand({ Bucket, Key, ContentType }),
    options,
  );
  const finished: { ETag: string | undefined; PartNumber: number }[] = [];
  let bytes = 0;
  const send = async (Body: Buffer): Promise<void> => {
    const PartNumber = finished.length + 1;
    const part = { Bucket, Key, UploadId, PartNumber, Body };
    const { ETag } = await client.send(new S3.UploadPartCommand(part), options);
    finished.push({ ETag, PartNumber });
    bytes += Body.length;
  };
  try {
    await send(first.value as Buffer);
    await send(second.value);
    for await (const part of parts) await send(part);
    signal?.throwIfAborted();
    await client.send(
      new S3.CompleteMultipartUploadCommand({
        Bucket,
        Key,
        UploadId,
        MultipartUpload: { Parts: finished },
      }),
      options,
    );
    return bytes;
  } catch (error) {
    // Without the signal: cleaning up is not part of what was cancelled. What failed first is the error to tell.
    const abort = new S3.AbortMultipartUploadCommand({ Bucket, Key, UploadId });
    await client.send(abort).catch(() => undefined);
    throw error;
  }
}

/**
 * The source's bytes in parts of `size`; the last may be smaller. Two buffers take turns, so a part may be kept until the one
 * after the next is asked for: fresh ones would lie about as garbage, five megabytes each.
 */
async function* inParts(source: Pieces, size: number): AsyncGenerator<Buffer, undefined> {
  const buffers: Buffer[] = [];
  let count = 0;
  let length = 0;
  const current = (): Buffer => {
    const turn = count % 2;
    const buffer = buffers[turn] ?? Buffer.allocUnsafeSlow(size);
    buffers[turn] = buffer;
    return buffer;
  };
  for await (const piece of source) {
    const bytes = typeof piece === "string" ? Buffer.from(piece) : piece;
    for (let at = 0; at < bytes.length; ) {
      const taken = Math.min(bytes.length - at, size - length);
      current().set(bytes.subarray(at, at + taken), length);
      at += taken;
      length += taken;
      if (length < size) continue;
      yield current();
      count += 1;
      length = 0;
    }
  }
  if (length > 0) yield current().subarray(0, length);
}
