import { withS3 } from "./payload-signing.ts";
import { configuredBucket, readS3Settings } from "./s3-settings.ts";

/** One object of a report. */
export interface ReportFile {
  key: string;
  body: string;
  contentType: string;
}

/**
 * Uploads the files of a report; returns their addresses, `s3://bucket/key`. Without S3_BUCKET nothing is uploaded, a log
 * line says so, and the list is empty.
 * @throws the SDK's errors (see `diagnoseS3`); Error that names missing variables
 */
export async function uploadReport(
  files: readonly ReportFile[],
  log: (message: string) => void,
  env: Readonly<Record<string, string | undefined>> = process.env,
): Promise<string[]> {
  if (configuredBucket(env) === undefined) {
    log(
      "MIGRATION_REPORT_SKIP reason=no_S3_BUCKET: the report is not uploaded. Set S3_BUCKET and its keys on the worker's secret; " +
        "the result of this run is otherwise the same.",
    );
    return [];
  }
  const settings = readS3Settings(env);
  const { PutObjectCommand } = await import("@aws-sdk/client-s3");
  const uploaded: string[] = [];
  await withS3(settings, log, async (client) => {
    for (const { key, body, contentType } of files) {
      await client.send(
        new PutObjectCommand({ Bucket: settings.bucket, Key: key, Body: body, ContentType: contentType }),
      );
      uploaded.push(`s3://${settings.bucket}/${key}`);
      log(`Uploaded s3://${settings.bucket}/${key}`);
    }
  });
  return uploaded;
}
