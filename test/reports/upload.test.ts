import type { IncomingHttpHeaders } from "node:http";
import { GetObjectCommand, HeadObjectCommand, ListObjectsV2Command, S3Client } from "@aws-sdk/client-s3";
import { afterAll, describe, expect, test, vi } from "vitest";
import { browserLinks } from "../../src/reports/browser-links.ts";
import { checkBucket } from "../../src/reports/bucket.ts";
import { checkS3 } from "../../src/reports/connectivity.ts";
import { diagnoseS3 } from "../../src/reports/diagnose.ts";
import { readS3Settings, type S3Settings } from "../../src/reports/s3-settings.ts";
import { uploadReport } from "../../src/reports/upload.ts";
import { closedPort } from "../oracle/support/stand-in.ts";
import { sharedStack } from "../support/shared-stack.ts";
import { proxyInFront, proxyRefusing } from "./support/refusing-proxy.ts";

const { s3, env } = await sharedStack("s3");
const client = new S3Client({
  endpoint: s3.endpoint,
  region: s3.region,
  forcePathStyle: true,
  credentials: { accessKeyId: s3.accessKeyId, secretAccessKey: s3.secretAccessKey },
});
afterAll(() => client.destroy());

const files = [
  { key: "trial/æøå 1/report.json", body: '{"name":"Åse 🐟"}\n', contentType: "application/json" },
  { key: "trial/æøå 1/report.html", body: "<!doctype html>", contentType: "text/html; charset=utf-8" },
];

describe("uploading a report", () => {
  test.each(["true", "false"])(
    "stores every file as it is, with S3_PAYLOAD_SIGNING_ENABLED=%s",
    async (signed) => {
      const uploaded = await uploadReport(files, () => undefined, {
        ...env,
        S3_PAYLOAD_SIGNING_ENABLED: signed,
      });
      expect(uploaded).toEqual(files.map(({ key }) => `s3://${s3.bucket}/${key}`));
      for (const { key, body, contentType } of files) {
        const stored = await client.send(new GetObjectCommand({ Bucket: s3.bucket, Key: key }));
        expect(await stored.Body?.transformToString()).toBe(body);
        expect(stored.ContentType).toBe(contentType);
      }
    },
  );

  test("without S3_BUCKET uploads nothing and says so", async () => {
    const lines: string[] = [];
    const { S3_BUCKET: _bucket, ...rest } = env;
    expect(await uploadReport(files, (line) => lines.push(line), rest)).toEqual([]);
    expect(lines.join()).toContain("MIGRATION_REPORT_SKIP reason=no_S3_BUCKET");
  });
});

describe("links to what was uploaded", () => {
  test("open in a browser, which has no keys, and end after seven days", async () => {
    const uploaded = await uploadReport(files, () => undefined, env);
    const links = await browserLinks(uploaded, readS3Settings(env));
    expect(links.map(({ address }) => address)).toEqual(uploaded);
    for (const [index, { link = "" }] of links.entries()) {
      const answer = await fetch(link);
      expect([answer.status, answer.headers.get("content-type")]).toEqual([200, files[index]?.contentType]);
      expect(await answer.text()).toBe(files[index]?.body);
      expect(new URL(link).searchParams.get("X-Amz-Expires")).toBe("604800");
      expect(link).not.toContain(s3.secretAccessKey);
      const unsigned = await fetch(link.split("?")[0] ?? "");
      await unsigned.body?.cancel();
      expect(unsigned.status).toBe(403);
    }
  });

  test("have Amazon's host where no endpoint is set, with the bucket in it where the path shall not have it", async () => {
    const { S3_ENDPOINT_URL: _endpoint, ...rest } = env;
    const amazon = { ...rest, S3_BUCKET: "museum", S3_REGION: "eu-north-1", S3_FORCE_PATH_STYLE: "false" };
    const [object] = await browserLinks(["s3://museum/a/report.html"], readS3Settings(amazon));
    expect(object?.link).toMatch(
      /^https:\/\/museum\.s3\.eu-north-1\.amazonaws\.com\/a\/report\.html\?.*X-Amz-Signature=/,
    );
  });

  test("are left out where they cannot be made", async () => {
    vi.stubEnv("S3_BUCKET", "");
    expect(await browserLinks(["s3://museum/a"])).toEqual([{ address: "s3://museum/a", link: undefined }]);
    vi.unstubAllEnvs();
  });
});

test("the connectivity check leaves no object behind", async () => {
  const key = await checkS3(readS3Settings({ ...env, S3_PREFIX: "check-trial" }), () => undefined);
  expect(key).toMatch(/^oracle-schema\/connectivity-check\/\d{8}T\d{6}Z\.txt$/);
  const listed = await client.send(
    new ListObjectsV2Command({ Bucket: s3.bucket, Prefix: "oracle-schema/connectivity" }),
  );
  expect(listed.KeyCount).toBe(0);
});

/** Does something against the storage behind a proxy that refuses payloads; gives the log and the error. */
async function behindProxy(
  refused: Parameters<typeof proxyRefusing>[0],
  work: (settings: S3Settings, log: (line: string) => void) => Promise<unknown>,
): Promise<{ lines: string[]; error: unknown }> {
  const lines: string[] = [];
  const proxy = await proxyRefusing(refused, s3.endpoint, []);
  try {
    const settings = readS3Settings({
      ...env,
      S3_ENDPOINT_URL: proxy.endpoint,
      S3_PAYLOAD_SIGNING_ENABLED: String(refused === "signed"),
    });
    const error = await work(settings, (line) => lines.push(line)).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    return { lines, error };
  } finally {
    await proxy.close();
  }
}

describe("the signing mode", () => {
  test.each([
    ["unsigned", "true"],
    ["signed", "false"],
  ] as const)(
    "is found by the checks, too, where %s payloads are refused: an answer to HEAD has no words",
    async (refused, works) => {
      const advice = `Set S3_PAYLOAD_SIGNING_ENABLED=${works} to spare the first try.`;
      const checked = await behindProxy(refused, checkS3);
      expect(checked).toEqual({ lines: [expect.stringContaining(advice)], error: undefined });
      const looked = await behindProxy(refused, checkBucket);
      expect(looked).toEqual({ lines: [expect.stringContaining(advice)], error: undefined });
    },
  );

  test("is told as what is wrong when both are refused", async () => {
    const { lines, error } = await behindProxy("both", checkS3);
    expect(lines).toEqual([]);
    expect(diagnoseS3(error)).toMatchObject({
      pattern: "signing-mode",
      code: "XAmzContentSHA256Mismatch",
      cause: expect.stringContaining("Both signing modes were tried."),
    });
  });

  test.each([
    ["unsigned", "false", "Set S3_PAYLOAD_SIGNING_ENABLED=true"],
    ["signed", "true", "Set S3_PAYLOAD_SIGNING_ENABLED=false"],
  ] as const)(
    "is changed once when %s payloads are refused, and a line says which worked",
    async (refused, setting, advice) => {
      const seen: IncomingHttpHeaders[] = [];
      const lines: string[] = [];
      const proxy = await proxyRefusing(refused, s3.endpoint, seen);
      try {
        const key = `trial/${refused}.json`;
        const file = { key, body: "{}", contentType: "application/json" };
        // The signature covers the host name, so the storage must be asked for under the proxy's.
        await uploadReport([file], (line) => lines.push(line), {
          ...env,
          S3_ENDPOINT_URL: proxy.endpoint,
          S3_PAYLOAD_SIGNING_ENABLED: setting,
        });
        await client.send(new HeadObjectCommand({ Bucket: s3.bucket, Key: key }));
      } finally {
        await proxy.close();
      }
      expect(lines.join("\n")).toContain(advice);
      expect(seen).toHaveLength(2);
    },
  );

  test("no checksum is sent that the storage did not ask for", async () => {
    const seen: IncomingHttpHeaders[] = [];
    const proxy = await proxyRefusing("signed", s3.endpoint, seen);
    try {
      const settings = { ...env, S3_ENDPOINT_URL: proxy.endpoint };
      await uploadReport(
        [{ key: "trial/plain.json", body: "{}", contentType: "application/json" }],
        () => undefined,
        settings,
      );
    } finally {
      await proxy.close();
    }
    const names = seen.flatMap((headers) => Object.keys(headers));
    expect(names.filter((name) => name.includes("checksum") || name === "x-amz-trailer")).toEqual([]);
    expect(seen[0]?.["x-amz-content-sha256"]).toBe("UNSIGNED-PAYLOAD");
  });
});

describe("the pattern of a failure that the genuine client reports", () => {
  async function failure(
    changed: Record<string, string>,
  ): Promise<{ pattern: string; code: string | undefined }> {
    const error = await checkS3(readS3Settings({ ...env, ...changed }), () => undefined).then(
      () => new Error("it worked"),
      (thrown: unknown) => thrown,
    );
    const { pattern, code, message } = diagnoseS3(error);
    expect(message).not.toContain("not-the-secret");
    return { pattern, code };
  }

  test("the bucket does not exist", async () => {
    expect(await failure({ S3_BUCKET: "bucket-of-nobody" })).toEqual({
      pattern: "no-such-bucket",
      code: "NoSuchBucket",
    });
  });

  test("the access key is wrong", async () => {
    expect(await failure({ S3_ACCESS_KEY_ID: "nobody" })).toEqual({
      pattern: "wrong-access-key",
      code: "InvalidAccessKeyId",
    });
  });

  test("the secret key is wrong", async () => {
    expect(await failure({ S3_SECRET_ACCESS_KEY: "not-the-secret" })).toEqual({
      pattern: "wrong-secret-key",
      code: "SignatureDoesNotMatch",
    });
  });

  test("nobody listens", async () => {
    const endpoint = `http://127.0.0.1:${await closedPort()}`;
    expect(await failure({ S3_ENDPOINT_URL: endpoint })).toEqual({
      pattern: "server-unreachable",
      code: "ECONNREFUSED",
    });
  });

  test("the key may not do this", async () => {
    const proxy = await proxyInFront(s3.endpoint, () => ({ status: 403, code: "AccessDenied" }));
    try {
      expect(await failure({ S3_ENDPOINT_URL: proxy.endpoint })).toEqual({
        pattern: "access-denied",
        code: "AccessDenied",
      });
    } finally {
      await proxy.close();
    }
  });

  test("the host name is unknown", async () => {
    expect((await failure({ S3_ENDPOINT_URL: "http://no-such-host.invalid:9000" })).pattern).toBe(
      "host-name-unknown",
    );
  });
});
