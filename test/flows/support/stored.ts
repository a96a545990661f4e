import { listObjects, readObject } from "../../../dev/demo/reports.ts";
import type { S3Settings } from "../../../dev/stack/s3.ts";

/** The text of an object, by its address `s3://bucket/key`. */
export async function storedText(storage: S3Settings, address: string): Promise<string> {
  return (await readObject(storage, address.replace(`s3://${storage.bucket}/`, ""))).toString();
}

/** All keys under a prefix. */
export async function storedKeys(storage: S3Settings, prefix: string): Promise<string[]> {
  const keys = (await listObjects(storage)).map(({ key }) => key);
  return keys.filter((key) => key.startsWith(prefix));
}
