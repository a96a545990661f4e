import type { S3Client } from "@aws-sdk/client-s3";
import type { S3Settings } from "./s3-settings.ts";

const CONNECT_MILLISECONDS = 10_000;
const REQUEST_MILLISECONDS = 60_000;

/** A client. Destroy it after use. The SDK is loaded here, and only here: it costs 150 ms. */
export async function openS3Client(settings: S3Settings): Promise<S3Client> {
  const { S3Client } = await import("@aws-sdk/client-s3");
  return new S3Client({
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
}
