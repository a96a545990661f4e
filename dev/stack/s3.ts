import { CreateBucketCommand, S3Client } from "@aws-sdk/client-s3";
import type { StackContext } from "./context.ts";
import { startContainer } from "./docker.ts";
import { existingService } from "./existing.ts";
import { findMinio } from "./install/minio.ts";
import { freePort } from "./ports.ts";
import { startMinio } from "./s3-minio.ts";
import { startSeaweedfs } from "./s3-seaweedfs.ts";

/** An S3 server with a bucket in it. */
export interface S3Settings {
  /** E.g. `http://127.0.0.1:9000`. */
  endpoint: string;
  region: string;
  bucket: string;
  accessKeyId: string;
  secretAccessKey: string;
}

const ACCESS = { accessKeyId: "local-stack", secretAccessKey: "secret-of-the-local-stack" };
const BUCKET = "unimus-migration";
const REGION = "us-east-1";

/** S3: an existing one, MinIO in a container, a MinIO that is built already, or SeaweedFS; with a bucket made. */
export async function startS3(context: StackContext): Promise<S3Settings> {
  const existing = existingService("s3");
  if (existing) {
    return {
      endpoint: existing("S3_ENDPOINT_URL"),
      region: existing("S3_REGION"),
      bucket: existing("S3_BUCKET"),
      accessKeyId: existing("S3_ACCESS_KEY_ID"),
      secretAccessKey: existing("S3_SECRET_ACCESS_KEY"),
    };
  }
  const endpoint = (await startInDocker(context)) ?? (await startLocally(context));
  const settings = { endpoint, region: REGION, bucket: BUCKET, ...ACCESS };
  await createBucket(settings, BUCKET);
  return settings;
}

async function startInDocker(context: StackContext): Promise<string | undefined> {
  const place = await startContainer(context, {
    service: "s3",
    image: "minio/minio",
    port: 9000,
    command: ["server", "/data"],
    environment: { MINIO_ROOT_USER: ACCESS.accessKeyId, MINIO_ROOT_PASSWORD: ACCESS.secretAccessKey },
    ready: { log: /API:/, times: 1 },
  });
  return place && `http://${place.host}:${place.port}`;
}

async function startLocally(context: StackContext): Promise<string> {
  const minio = await findMinio();
  const port = await freePort();
  if (minio !== undefined) await startMinio(context, { program: minio, port, ...ACCESS });
  else await startSeaweedfs(context, { port, ...ACCESS });
  return `http://127.0.0.1:${port}`;
}

/** Makes a bucket; fine when it is there already. */
export async function createBucket(settings: S3Settings, bucket: string): Promise<void> {
  const { accessKeyId, secretAccessKey } = settings;
  const client = new S3Client({
    endpoint: settings.endpoint,
    region: settings.region,
    forcePathStyle: true,
    credentials: { accessKeyId, secretAccessKey },
  });
  try {
    await client.send(new CreateBucketCommand({ Bucket: bucket }));
  } catch (error) {
    if ((error as Error).name !== "BucketAlreadyOwnedByYou") throw error;
  } finally {
    client.destroy();
  }
}
