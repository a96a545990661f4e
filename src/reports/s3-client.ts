import type { S3Client } from "@aws-sdk/client-s3";
import type { S3Settings } from "./s3-settings.ts";

const CONNECT_MILLISECONDS = 10_000;
const REQUEST_MILLISECONDS = 60_000;

/** A client for one signing mode. Destroy it after use. The SDK is loaded here, and only here: it costs 150 ms. */
export async function openS3Client(settings: S3Settings, signPayload: boolean): Promise<S3Client> {
  const { S3Client } = await import("@aws-sdk/client-s3");
  const client = new S3Client({
    region: settings.region,
    forcePathStyle: settings.forcePathStyle,
    // MinIO and proxies before it do not know the checksums that the SDK adds by default.
    requestChecksumCalculation: "WHEN_REQUIRED",
    responseChecksumValidation: "WHEN_REQUIRED",
    requestHandler: {
      connectionTimeout: CONNECT_MILLISECONDS,
      requestTimeout: REQUEST_MILLISECONDS,
      throwOnRequestTimeout: true,
    },
    ...(settings.endpoint === undefined ? {} : { endpoint: settings.endpoint }),
    ...(settings.credentials === undefined ? {} : { credentials: settings.credentials }),
  });
  if (!signPayload) sendUnsignedPayload(client);
  return client;
}

/** The signer takes a content hash that is already there as it stands: it must be set before, in the build step. */
function sendUnsignedPayload(client: S3Client): void {
  client.middlewareStack.add(
    (next) => (args) => {
      const { headers } = args.request as { headers: Record<string, string> };
      headers["x-amz-content-sha256"] = "UNSIGNED-PAYLOAD";
      return next(args);
    },
    { step: "build", name: "unsignedPayload" },
  );
}
