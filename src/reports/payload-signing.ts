import type { S3Client } from "@aws-sdk/client-s3";
import { openS3Client } from "./s3-client.ts";
import type { S3Settings } from "./s3-settings.ts";

/** The error that storage, or a proxy before it, gives when it does not agree with how the body was signed. */
const WRONG_MODE = "XAmzContentSHA256Mismatch";

/**
 * Sends requests in the signing mode of the settings; when the storage does not take that mode, once more in the other one.
 * A log line then says which one worked, so that S3_PAYLOAD_SIGNING_ENABLED can be set to it.
 * @throws the SDK's errors (see `diagnoseS3`)
 */
export async function withS3<T>(
  settings: S3Settings,
  log: (message: string) => void,
  send: (client: S3Client) => Promise<T>,
): Promise<T> {
  try {
    return await inMode(settings, settings.signPayload, send);
  } catch (error) {
    if (!(error instanceof Error) || error.name !== WRONG_MODE) throw error;
    const other = !settings.signPayload;
    const result = await inMode(settings, other, send);
    log(
      `Object storage refused ${modeName(!other)} payloads (${WRONG_MODE}) and took ${modeName(other)} ones. ` +
        `Set S3_PAYLOAD_SIGNING_ENABLED=${other} to spare the first try.`,
    );
    return result;
  }
}

async function inMode<T>(
  settings: S3Settings,
  sign: boolean,
  send: (client: S3Client) => Promise<T>,
): Promise<T> {
  const client = await openS3Client(settings, sign);
  try {
    return await send(client);
  } finally {
    client.destroy();
  }
}

function modeName(sign: boolean): string {
  return sign ? "signed" : "unsigned";
}
