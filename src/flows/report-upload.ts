import { logger, type Task, task } from "prefect-ts";
import { checkBucket } from "../reports/bucket.ts";
import { diagnoseS3 } from "../reports/diagnose.ts";
import { configuredBucket, readS3Settings, type S3Settings } from "../reports/s3-settings.ts";
import { type ReportFile, uploadReport } from "../reports/upload.ts";
import { diagnosed } from "./failures.ts";

const log = (message: string): void => logger.info(message);

/** The task that uploads a report. @param done  for its error: what is done all the same */
export function uploadTask(done: string): Task<[files: ReportFile[], signal: AbortSignal], string[]> {
  return task(
    { name: "Upload the report", retries: 2, retryDelaySeconds: 5 },
    (files: ReportFile[], signal: AbortSignal) =>
      diagnosed(`S3 (${done})`, diagnoseS3, signal, () => uploadReport(files, log)),
  );
}

/**
 * Reads where the report goes; undefined without S3_BUCKET: then it is not uploaded.
 * @throws Error that names missing variables
 */
export function readReportStorage(): S3Settings | undefined {
  return configuredBucket() === undefined ? undefined : readS3Settings();
}

/**
 * Checks, before anything is read, that the bucket of the report is there. A storage that does not answer now is no reason to
 * stop: it may when the migration is done.
 * @throws Error when the bucket is not there
 */
export async function checkReportTarget(storage = readReportStorage()): Promise<void> {
  if (storage) await checkBucket(storage, (message) => logger.warn(message));
}
