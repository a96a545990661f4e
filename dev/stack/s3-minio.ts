import { join } from "node:path";
import type { StackContext } from "./context.ts";
import { waitUntilReady } from "./ready.ts";
import { startServiceProcess } from "./service-process.ts";

const READY_MS = 60_000;

interface MinioOptions {
  readonly program: string;
  readonly port: number;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** Starts MinIO and waits until it serves. */
export async function startMinio(context: StackContext, options: MinioOptions): Promise<void> {
  const { port } = options;
  const server = startServiceProcess(context, {
    name: "minio",
    command: options.program,
    args: ["server", join(context.folder, "s3"), "--address", `127.0.0.1:${port}`],
    env: {
      ...process.env,
      MINIO_ROOT_USER: options.accessKeyId,
      MINIO_ROOT_PASSWORD: options.secretAccessKey,
      MINIO_BROWSER: "off",
      MINIO_UPDATE: "off",
    },
  });
  const probe = async () => {
    const answer = await fetch(`http://127.0.0.1:${port}/minio/health/ready`);
    if (!answer.ok) throw new Error(`its health page answered ${answer.status}`);
  };
  await waitUntilReady(server, probe, { timeoutMs: READY_MS, signal: context.signal });
}
