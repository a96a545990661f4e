import { logger, type Task, task } from "prefect-ts";
import { checkBucket } from "../reports/bucket.ts";
import { diagnoseS3 } from "../reports/diagnose.ts";
import { configuredBucket, readS3Settings } from "../reports/s3-settings.ts";
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
 * Checks, before anything is read, what the report will need: settings that are whole, and a bucket that is there. A storage that
 * does not answer now is no reason to stop: it may when the migration is done.
 * @throws Error that names missing variables, or the bucket that is not there
 */
export async function checkReportTarget(): Promise<void> {
  if (configuredBucket() === undefined) return;
  await checkBucket(readS3Settings(), (message) => logger.warn(message));
}
