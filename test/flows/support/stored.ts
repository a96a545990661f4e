import { GetObjectCommand, ListObjectsV2Command, S3Client } from "@aws-sdk/client-s3";

/** How a test reaches the storage. */
interface Storage {
  endpoint: string;
  region: string;
  bucket: string;
  accessKeyId: string;
  secretAccessKey: string;
}

/** The text of an object, by its address `s3://bucket/key`. */
export async function storedText(storage: Storage, address: string): Promise<string> {
  return await withClient(storage, async (client) => {
    const Key = address.replace(`s3://${storage.bucket}/`, "");
    const stored = await client.send(new GetObjectCommand({ Bucket: storage.bucket, Key }));
    return (await stored.Body?.transformToString()) ?? "";
  });
}

/** All keys under a prefix. */
export async function storedKeys(storage: Storage, prefix: string): Promise<string[]> {
  return await withClient(storage, async (client) => {
    const listed = await client.send(new ListObjectsV2Command({ Bucket: storage.bucket, Prefix: prefix }));
    return (listed.Contents ?? []).map(({ Key = "" }) => Key);
  });
}

async function withClient<T>(storage: Storage, work: (client: S3Client) => Promise<T>): Promise<T> {
  const client = new S3Client({
    endpoint: storage.endpoint,
    region: storage.region,
    forcePathStyle: true,
    credentials: { accessKeyId: storage.accessKeyId, secretAccessKey: storage.secretAccessKey },
  });
  try {
    return await work(client);
  } finally {
    client.destroy();
  }
}
