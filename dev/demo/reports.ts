import { GetObjectCommand, ListObjectsV2Command, S3Client } from "@aws-sdk/client-s3";
import type { S3Settings } from "../stack/s3.ts";

interface StoredObject {
  readonly key: string;
  readonly bytes: number;
}

/** Everything in the bucket, by key. */
export async function listObjects(s3: S3Settings): Promise<StoredObject[]> {
  return await withClient(s3, async (client) => {
    const found: StoredObject[] = [];
    for (let token: string | undefined; ; ) {
      const page = await client.send(
        new ListObjectsV2Command({
          Bucket: s3.bucket,
          ...(token !== undefined && { ContinuationToken: token }),
        }),
      );
      for (const { Key = "", Size = 0 } of page.Contents ?? []) found.push({ key: Key, bytes: Size });
      token = page.NextContinuationToken;
      if (token === undefined) return found;
    }
  });
}

/**
 * The content of one object.
 * @throws Error when there is none with that key
 */
export async function readObject(s3: S3Settings, key: string): Promise<Buffer> {
  return await withClient(s3, async (client) => {
    const answer = await client.send(new GetObjectCommand({ Bucket: s3.bucket, Key: key }));
    return Buffer.from((await answer.Body?.transformToByteArray()) ?? []);
  });
}

async function withClient<T>(s3: S3Settings, work: (client: S3Client) => Promise<T>): Promise<T> {
  const client = new S3Client({
    endpoint: s3.endpoint,
    region: s3.region,
    forcePathStyle: true,
    credentials: { accessKeyId: s3.accessKeyId, secretAccessKey: s3.secretAccessKey },
  });
  try {
    return await work(client);
  } finally {
    client.destroy();
  }
}
