import { DeleteObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { listObjects, readObject } from "../../../dev/demo/reports.ts";
import type { S3Settings } from "../../../dev/stack/s3.ts";

/** The text of an object, by its address `s3://bucket/key`. */
export async function storedText(storage: S3Settings, address: string): Promise<string> {
  return (await readObject(storage, address.replace(`s3://${storage.bucket}/`, ""))).toString();
}

/** Takes an object away, by its address. */
export async function removeStored(storage: S3Settings, address: string): Promise<void> {
  const client = new S3Client({
    endpoint: storage.endpoint,
    region: storage.region,
    forcePathStyle: true,
    credentials: { accessKeyId: storage.accessKeyId, secretAccessKey: storage.secretAccessKey },
  });
  const Key = address.replace(`s3://${storage.bucket}/`, "");
  await client.send(new DeleteObjectCommand({ Bucket: storage.bucket, Key })).finally(() => client.destroy());
}

/** All keys under a prefix. */
export async function storedKeys(storage: S3Settings, prefix: string): Promise<string[]> {
  const keys = (await listObjects(storage)).map(({ key }) => key);
  return keys.filter((key) => key.startsWith(prefix));
}
