import { logger, task } from "prefect-ts";
import { diagnoseS3 } from "../../reports/diagnose.ts";
import { withS3 } from "../../reports/payload-signing.ts";
import type { S3Settings } from "../../reports/s3-settings.ts";
import { snapshotKey } from "../../reports/snapshots.ts";
import { uploadStream } from "../../reports/upload-stream.ts";
import { diagnosed } from "../failures.ts";
import type { SnapshotFile } from "./files.ts";
import type { SnapshotProgress } from "./progress.ts";

const upload = task(
  {
    name: "Upload a file",
    taskRunName: (file: string, _send: () => Promise<number>) => `Upload ${file}`,
    retries: 2,
    retryDelaySeconds: 5,
  },
  (_file: string, send: () => Promise<number>) => send(),
);

/** Uploads the files of a snapshot one after the other, a task each; returns their addresses, `s3://bucket/key`. */
export async function uploadFiles(
  settings: S3Settings,
  moment: string,
  files: readonly SnapshotFile[],
  { signal, progress }: { signal: AbortSignal; progress: SnapshotProgress },
): Promise<string[]> {
  const { bucket } = settings;
  const log = (message: string): void => logger.info(message);
  const uploaded: string[] = [];
  for (const { name, contentType, content } of files) {
    const key = snapshotKey(moment, name);
    const bytes = await upload(name, () =>
      diagnosed(`S3, ${name}`, diagnoseS3, signal, () =>
        withS3(settings, log, (client) =>
          uploadStream(client, { bucket, key, contentType }, content(), signal),
        ),
      ),
    );
    const address = `s3://${bucket}/${key}`;
    uploaded.push(address);
    progress.step(`Uploaded ${address}: ${bytes.toLocaleString("en-US")} bytes`);
  }
  return uploaded;
}
