import { expect, test } from "vitest";
import { readS3Settings } from "../../src/reports/s3-settings.ts";

const complete = { S3_BUCKET: "reports", S3_ACCESS_KEY_ID: "key", S3_SECRET_ACCESS_KEY: "secret" };

test("reads the settings, with path style and unsigned payloads unless said otherwise", () => {
  expect(readS3Settings({ ...complete, S3_ENDPOINT_URL: "http://minio:9000" })).toEqual({
    bucket: "reports",
    endpoint: "http://minio:9000",
    region: "us-east-1",
    credentials: { accessKeyId: "key", secretAccessKey: "secret" },
    forcePathStyle: true,
    signPayload: false,
  });
});

test("takes the AWS_ names where the S3_ ones are not set, always both from the same pair", () => {
  const env = {
    S3_BUCKET: "b",
    AWS_ACCESS_KEY_ID: "aws",
    AWS_SECRET_ACCESS_KEY: "aws secret",
    AWS_DEFAULT_REGION: "eu-north-1",
  };
  expect(readS3Settings(env)).toMatchObject({
    region: "eu-north-1",
    credentials: { accessKeyId: "aws", secretAccessKey: "aws secret" },
  });
  const half = { ...env, S3_ACCESS_KEY_ID: "key" };
  expect(() => readS3Settings(half)).toThrow("S3_SECRET_ACCESS_KEY (or AWS_SECRET_ACCESS_KEY) is not set");
});

test("one error names every missing variable", () => {
  expect(() => readS3Settings({ S3_BUCKET: " " })).toThrow(
    "S3_BUCKET, S3_ACCESS_KEY_ID (or AWS_ACCESS_KEY_ID), S3_SECRET_ACCESS_KEY (or AWS_SECRET_ACCESS_KEY) are not set",
  );
});

test("a pod with a role of its own needs no keys", () => {
  const env = { S3_BUCKET: "b", AWS_WEB_IDENTITY_TOKEN_FILE: "/var/run/secrets/token" };
  expect(readS3Settings(env).credentials).toBeUndefined();
});

test.each([
  ["S3_ENDPOINT_URL", "minio:9000", "give a whole address"],
  ["S3_FORCE_PATH_STYLE", "path", "give true or false"],
  ["S3_PAYLOAD_SIGNING_ENABLED", "2", "give true or false"],
])("%s=%s is refused with the value and what to give instead", (name, value, words) => {
  const read = () => readS3Settings({ ...complete, [name]: value });
  expect(read).toThrow(words);
  expect(read).toThrow(value);
});

test("an endpoint with a password in it is refused without repeating it", () => {
  const read = () => readS3Settings({ ...complete, S3_ENDPOINT_URL: "http://user:hidden@minio:9000" });
  expect(read).toThrow("S3_ENDPOINT_URL holds a password");
  expect(read).not.toThrow("hidden");
});
