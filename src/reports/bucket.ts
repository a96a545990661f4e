import { diagnoseS3 } from "./diagnose.ts";
import { withS3 } from "./payload-signing.ts";
import type { S3Settings } from "./s3-settings.ts";

/**
 * Makes sure that the storage does not lack the bucket. When it cannot be asked, or does not tell, a log line says so.
 * @throws Error when the storage says that there is no such bucket
 */
export async function checkBucket(settings: S3Settings, log: (message: string) => void): Promise<void> {
  const { HeadBucketCommand } = await import("@aws-sdk/client-s3");
  try {
    await withS3(settings, log, (client) => client.send(new HeadBucketCommand({ Bucket: settings.bucket })));
  } catch (error) {
    const { pattern, message } = diagnoseS3(error);
    if (pattern === "no-such-bucket") {
      throw new Error(
        `The object storage ${settings.endpoint ?? "of Amazon"} has no bucket "${settings.bucket}", so there would be no report. ` +
          "Nothing was read or written. Correct S3_BUCKET, or make the bucket.",
        { cause: error },
      );
    }
    log(
      `The bucket ${settings.bucket} for the report could not be looked at (${pattern}: ${message}). Going on; the upload comes last.`,
    );
  }
}
