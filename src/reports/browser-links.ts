import type { S3Client } from "@aws-sdk/client-s3";
import { openS3Client } from "./s3-client.ts";
import { readS3Settings, type S3Settings } from "./s3-settings.ts";

/** An object that was uploaded. */
export interface UploadedObject {
  /** `s3://bucket/key` */
  address: string;
  /** Where a browser opens it, for seven days; undefined where none could be made. */
  link: string | undefined;
}

/** As long as S3 lets a signed address hold. */
export const LINK_DAYS = 7;

/** A request as the SDK has built it, before it signs it. */
interface BuiltRequest {
  method: string;
  protocol: string;
  hostname: string;
  port?: number;
  path: string;
  query: Record<string, string | string[] | null>;
  headers: Record<string, string>;
}

/** What the SDK's own signer can do besides what its type says. */
interface Presigner {
  presign(request: BuiltRequest, options: { expiresIn: number }): Promise<BuiltRequest>;
}

/**
 * Makes addresses by which a browser opens uploaded objects: no browser opens `s3://…`, and a bucket is seldom open to all. Each
 * lets whoever has it read that one object, and ends by itself. Nothing is asked of the storage; where signing
 * fails there is no link, since what was uploaded is there all the same.
 * @param addresses  `s3://bucket/key`, of the bucket of the settings
 */
export async function browserLinks(
  addresses: readonly string[],
  settings?: S3Settings,
): Promise<UploadedObject[]> {
  if (addresses.length === 0) return [];
  try {
    const storage = settings ?? readS3Settings();
    const client = await openS3Client(storage);
    try {
      return await Promise.all(
        addresses.map(async (address) => {
          const key = address.slice(`s3://${storage.bucket}/`.length);
          return { address, link: await signedAddress(client, storage.bucket, key) };
        }),
      );
    } finally {
      client.destroy();
    }
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return addresses.map((address) => ({ address, link: undefined }));
  }
}

async function signedAddress(client: S3Client, bucket: string, key: string): Promise<string> {
  const { GetObjectCommand } = await import("@aws-sdk/client-s3");
  const signer = (await client.config.signer()) as unknown as Presigner;
  const get = new GetObjectCommand({ Bucket: bucket, Key: key });
  let signed: BuiltRequest | undefined;
  // The SDK builds the request, so that endpoint, bucket and key stand where they belong; it is signed here and never sent.
  get.middlewareStack.add(
    () => async (args) => {
      const { method, protocol, hostname, port, path, headers } = args.request as BuiltRequest;
      const bare = { method, protocol, hostname, ...(port === undefined ? {} : { port }), path, query: {} };
      const signedHeaders = { host: headers.host ?? hostname, "x-amz-content-sha256": "UNSIGNED-PAYLOAD" };
      signed = await signer.presign({ ...bare, headers: signedHeaders }, { expiresIn: LINK_DAYS * 86_400 });
      return { response: {}, output: { $metadata: {} } };
    },
    { step: "finalizeRequest", priority: "high", name: "signInsteadOfSending" },
  );
  await client.send(get);
  if (signed === undefined) throw new Error("the SDK did not build the request");
  const { protocol, headers, path, query } = signed;
  const parameters = Object.entries(query).map(
    ([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(String(value))}`,
  );
  return `${protocol}//${headers.host}${path}?${parameters.join("&")}`;
}
