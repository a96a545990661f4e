import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { StackContext } from "./context.ts";
import { pythonEnvironment } from "./install/python.ts";
import { freePorts } from "./ports.ts";
import { waitUntilReady } from "./ready.ts";
import { startServiceProcess } from "./service-process.ts";

const READY_MS = 60_000;

interface SeaweedfsOptions {
  readonly port: number;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** Starts SeaweedFS (all its servers in one process) and waits until it stores and gives back. */
export async function startSeaweedfs(context: StackContext, options: SeaweedfsOptions): Promise<void> {
  const say = (text: string) => context.progress("s3", text);
  const requirements = new URL("seaweedfs-requirements.txt", import.meta.url);
  const environment = await pythonEnvironment(
    { name: "seaweedfs", requirements, cost: "48 MB, about 10 s" },
    say,
  );
  const data = join(context.folder, "s3");
  await mkdir(data, { recursive: true });
  const identities = join(context.folder, "s3-identities.json");
  await writeFile(identities, JSON.stringify(identitiesFor(options)), { mode: 0o600 });

  const [master = 0, masterGrpc = 0, volume = 0, volumeGrpc = 0, filer = 0, filerGrpc = 0, s3Grpc = 0] =
    await freePorts(7);
  // Its gRPC sockets are put into /tmp, whatever TMPDIR says.
  const sockets = Object.entries({
    master: masterGrpc,
    volume: volumeGrpc,
    filer: filerGrpc,
    s3: s3Grpc,
  }).map(([server, port]) => `/tmp/seaweedfs-${server}-grpc-${port}.sock`);
  for (const socket of sockets) context.guard.remove(socket);
  context.closers.add("sockets of SeaweedFS", async () => {
    for (const socket of sockets) await rm(socket, { force: true });
  });
  const server = startServiceProcess(context, {
    name: "seaweedfs",
    command: join(environment, "bin", "weed"),
    args: [
      ...["-logtostderr=true", "server", `-dir=${data}`, "-ip=127.0.0.1", "-ip.bind=127.0.0.1"],
      ...[`-master.port=${master}`, `-master.port.grpc=${masterGrpc}`, "-master.electionTimeout=1s"],
      ...["-master.telemetry=false", "-master.volumeSizeLimitMB=64", "-volume.max=0"],
      ...[`-volume.port=${volume}`, `-volume.port.grpc=${volumeGrpc}`],
      ...[
        `-filer.port=${filer}`,
        `-filer.port.grpc=${filerGrpc}`,
        `-filer.localSocket=${join(data, "filer.sock")}`,
      ],
      ...["-s3", `-s3.port=${options.port}`, `-s3.port.grpc=${s3Grpc}`, `-s3.config=${identities}`],
      ...["-s3.port.iceberg=0", "-s3.port.lance=0", `-s3.localSocket=${join(data, "s3.sock")}`],
      // A missing bucket is an error in S3; making it silently would hide a wrong S3_BUCKET.
      "-s3.autoCreateBucket=false",
    ],
    // It takes 17 seconds to stop in order, and its data goes with the stack.
    graceMs: 0,
  });
  const probe = async () => {
    const answer = await fetch(`http://127.0.0.1:${options.port}/healthz`);
    if (!answer.ok) throw new Error(`its health page answered ${answer.status}`);
    const place = await fetch(`http://127.0.0.1:${master}/dir/assign`);
    if (!place.ok) throw new Error(`no volume to write to yet: ${await place.text()}`);
  };
  await waitUntilReady(server, probe, { timeoutMs: READY_MS, signal: context.signal });
}

function identitiesFor({ accessKeyId, secretAccessKey }: SeaweedfsOptions) {
  const actions = ["Admin", "Read", "Write", "List", "Tagging"];
  return {
    identities: [
      { name: "stack", credentials: [{ accessKey: accessKeyId, secretKey: secretAccessKey }], actions },
    ],
  };
}
