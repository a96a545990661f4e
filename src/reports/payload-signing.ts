import type { S3Client } from "@aws-sdk/client-s3";
import { openS3Client } from "./s3-client.ts";
import type { S3Settings } from "./s3-settings.ts";

/** The error that storage, or a proxy before it, gives when it does not agree with how the body was signed. */
const WRONG_MODE = "XAmzContentSHA256Mismatch";
/** What the SDK calls an answer whose body says nothing. */
const BODILESS = ["400", "UnknownError", "Unknown"];

/**
 * Does work with a client that is destroyed afterwards.
 * @throws the SDK's errors (see `diagnoseS3`)
 */
export async function withS3<T>(
  settings: S3Settings,
  log: (message: string) => void,
  work: (client: S3Client) => Promise<T>,
): Promise<T> {
  const client = await openS3Client(settings);
  addSigningModes(client, settings.signPayload, log);
  try {
    return await work(client);
  } finally {
    client.destroy();
  }
}

/**
 * Makes a client send bodies signed, or as UNSIGNED-PAYLOAD. Where the storage does not take the first mode, the request is
 * sent once more in the other one, and so is all that follows once that worked: a stream that is uploaded part by part need
 * not begin again. A log line says which mode worked, so that S3_PAYLOAD_SIGNING_ENABLED can be set to it.
 */
function addSigningModes(client: S3Client, signFirst: boolean, log: (message: string) => void): void {
  let sign = signFirst;
  client.middlewareStack.add(
    (next) => async (args) => {
      const tried = sign;
      try {
        return await next(args);
      } catch (error) {
        if (!mayBeWrongMode(error) || tried !== signFirst) throw error;
        const isTheFirst = sign === signFirst;
        sign = !signFirst;
        try {
          const output = await next(args);
          if (isTheFirst) {
            log(
              `Object storage refused ${modeName(signFirst)} payloads (${reasonOf(error)}) and took ${modeName(sign)} ones. ` +
                `Set S3_PAYLOAD_SIGNING_ENABLED=${sign} to spare the first try.`,
            );
          }
          return output;
        } catch (failed) {
          // It is something else, or both modes are refused: what comes next is tried in both, too.
          if (isTheFirst) sign = signFirst;
          throw failed;
        }
      }
    },
    { step: "initialize", name: "otherSigningMode" },
  );
  client.middlewareStack.add(
    (next) => (args) => {
      // The signer takes a content hash that is already there as it stands.
      const { headers } = args.request as { headers: Record<string, string> };
      if (!sign) headers["x-amz-content-sha256"] = "UNSIGNED-PAYLOAD";
      return next(args);
    },
    { step: "build", name: "unsignedPayload" },
  );
}

/** An answer to HEAD has no body, so that a refused mode is nothing but a 400 there. */
function mayBeWrongMode(error: unknown): error is Error {
  return error instanceof Error && (error.name === WRONG_MODE || isBare400(error));
}

function isBare400(error: Error): boolean {
  const { $metadata } = error as { $metadata?: { httpStatusCode?: number } };
  return $metadata?.httpStatusCode === 400 && BODILESS.includes(error.name);
}

function reasonOf(error: Error): string {
  return error.name === WRONG_MODE ? WRONG_MODE : "HTTP 400";
}

function modeName(sign: boolean): string {
  return sign ? "signed" : "unsigned";
}
