import type { S3Client } from "@aws-sdk/client-s3";
import type { ResultStorage } from "./storage.ts";

export interface S3FolderOptions {
  bucket: string;
  /** Put before each key, with a slash between. */
  prefix?: string;
  /** Of MinIO and the like. Default `S3_ENDPOINT_URL`, else Amazon's own. */
  endpoint?: string;
  /** Default `S3_REGION`, `AWS_REGION`, else us-east-1. */
  region?: string;
  /** Default `S3_ACCESS_KEY_ID` and `S3_SECRET_ACCESS_KEY`; else what the AWS SDK finds. */
  credentials?: { accessKeyId: string; secretAccessKey: string };
}

/**
 * Keeps results as objects of an S3 bucket. The client is loaded when a result is first read or written.
 *
 *     flow({ name: "Load", persistResult: true, resultStorage: s3Folder({ bucket: "migration", prefix: "results" }) }, …)
 */
export function s3Folder(options: S3FolderOptions): ResultStorage {
  const { bucket, prefix = "" } = options;
  const place = (key: string) => (prefix === "" ? key : `${prefix.replace(/\/+$/, "")}/${key}`);
  let loading: ReturnType<typeof connect> | undefined;
  const s3 = () => {
    loading ??= connect(options);
    return loading;
  };
  return {
    address: (key) => `s3://${bucket}/${place(key)}`,
    read: async (key) => {
      const { client, GetObjectCommand } = await s3();
      try {
        const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: place(key) }));
        return await Body?.transformToString("utf8");
      } catch (error) {
        if ((error as Error).name === "NoSuchKey") return undefined;
        throw error;
      }
    },
    write: async (key, text) => {
      const { client, PutObjectCommand } = await s3();
      const body = { Bucket: bucket, Key: place(key), Body: text, ContentType: "application/json" };
      await client.send(new PutObjectCommand(body));
    },
  };
}

async function connect(options: S3FolderOptions) {
  // Loaded late: most runs keep no results in S3, and the client takes 100 ms and 15 MB.
  const { GetObjectCommand, PutObjectCommand, S3Client } = await import("@aws-sdk/client-s3");
  const { env } = process;
  const endpoint = options.endpoint ?? (env.S3_ENDPOINT_URL || undefined);
  const credentials = options.credentials ?? credentialsOf(env);
  const client: S3Client = new S3Client({
    region: options.region ?? env.S3_REGION ?? env.AWS_REGION ?? "us-east-1",
    forcePathStyle: env.S3_FORCE_PATH_STYLE !== "false",
    requestChecksumCalculation: "WHEN_REQUIRED",
    responseChecksumValidation: "WHEN_REQUIRED",
    ...(endpoint !== undefined && { endpoint }),
    ...(credentials && { credentials }),
  });
  return { client, GetObjectCommand, PutObjectCommand };
}

function credentialsOf(env: NodeJS.ProcessEnv): S3FolderOptions["credentials"] {
  const { S3_ACCESS_KEY_ID: accessKeyId, S3_SECRET_ACCESS_KEY: secretAccessKey } = env;
  return accessKeyId && secretAccessKey ? { accessKeyId, secretAccessKey } : undefined;
}
