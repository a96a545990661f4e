import { connectivityCheckKey, reportTimestamp } from "./keys.ts";
import { withS3 } from "./payload-signing.ts";
import type { S3Settings } from "./s3-settings.ts";

/**
 * Tries what the flows need of the object storage: that the bucket is there, and that an object can be put and deleted.
 * Returns the key that was tried.
 * @throws the SDK's errors (see `diagnoseS3`)
 */
export async function checkS3(settings: S3Settings, log: (message: string) => void): Promise<string> {
  const { DeleteObjectCommand, HeadBucketCommand, PutObjectCommand } = await import("@aws-sdk/client-s3");
  const Bucket = settings.bucket;
  const Key = connectivityCheckKey(reportTimestamp(new Date()));
  await withS3(settings, log, async (client) => {
    const putAndDelete = async (): Promise<void> => {
      await client.send(
        new PutObjectCommand({
          Bucket,
          Key,
          Body: "connectivity check\n",
          ContentType: "text/plain; charset=utf-8",
        }),
      );
      await client.send(new DeleteObjectCommand({ Bucket, Key }));
    };
    const head = () => client.send(new HeadBucketCommand({ Bucket }));
    const isRefused = await head().then(
      () => false,
      () => true,
    );
    // An answer to HEAD has no body, so it is only a number; the answer to a put says what is wrong.
    await putAndDelete();
    if (isRefused) await head();
  });
  return Key;
}
