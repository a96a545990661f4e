import { createHash } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { GetObjectCommand, ListMultipartUploadsCommand, ListObjectsV2Command } from "@aws-sdk/client-s3";
import { describe, expect, test } from "vitest";
import { withS3 } from "../../src/reports/payload-signing.ts";
import { readS3Settings } from "../../src/reports/s3-settings.ts";
import { uploadStream } from "../../src/reports/upload-stream.ts";
import { sharedStack } from "../support/shared-stack.ts";
import { proxyRefusing } from "./support/refusing-proxy.ts";

const { s3, env } = await sharedStack("s3");
const settings = readS3Settings(env);
const silent = (): void => undefined;
const target = (key: string) => ({ bucket: s3.bucket, key, contentType: "text/plain; charset=utf-8" });

/** Twenty megabytes of text in uneven pieces: four parts. */
function* longText(): Generator<string> {
  for (let line = 0; line < 20_000; line += 1) yield `${line} Åse 🐟 ${"x".repeat(1000)}\n`;
}

function hashOf(pieces: Iterable<string | Uint8Array>): string {
  const hash = createHash("sha256");
  for (const piece of pieces) hash.update(piece);
  return hash.digest("hex");
}

async function stored(key: string): Promise<Uint8Array> {
  return await withS3(settings, silent, async (client) => {
    const { Body } = await client.send(new GetObjectCommand({ Bucket: s3.bucket, Key: key }));
    return (await Body?.transformToByteArray()) ?? new Uint8Array();
  });
}

describe("a stream that is uploaded", () => {
  test.each([true, false])("arrives whole in several parts, signed: %s", async (signPayload) => {
    const key = `stream/long-${signPayload}.txt`;
    const bytes = await withS3({ ...settings, signPayload }, silent, (client) =>
      uploadStream(client, target(key), longText()),
    );
    const object = await stored(key);
    expect(object.length).toBe(bytes);
    expect(hashOf([object])).toBe(hashOf(longText()));
  });

  test.each<[string, string[]]>([
    ["empty", []],
    ["short", ["one ", "two"]],
  ])("arrives when it is %s", async (name, pieces) => {
    await withS3(settings, silent, (client) => uploadStream(client, target(`stream/${name}`), pieces));
    expect(Buffer.from(await stored(`stream/${name}`)).toString()).toBe(pieces.join(""));
  });

  test.each([
    ["unsigned", false],
    ["signed", true],
  ] as const)("goes on in the other mode when %s payloads are refused", async (refused, signPayload) => {
    const seen: IncomingHttpHeaders[] = [];
    const lines: string[] = [];
    const proxy = await proxyRefusing(refused, s3.endpoint, seen);
    const key = `stream/through-proxy-${refused}.txt`;
    try {
      const through = { ...settings, endpoint: proxy.endpoint, signPayload };
      await withS3(
        through,
        (line) => lines.push(line),
        (client) => uploadStream(client, target(key), longText()),
      );
    } finally {
      await proxy.close();
    }
    expect(hashOf([await stored(key)])).toBe(hashOf(longText()));
    expect(lines).toEqual([expect.stringContaining(`Set S3_PAYLOAD_SIGNING_ENABLED=${!signPayload}`)]);
    // One refusal, then create, four parts, complete.
    expect(seen).toHaveLength(7);
  });

  test("leaves nothing behind when its source fails", async () => {
    async function* failing(): AsyncGenerator<string> {
      yield* longText();
      throw new Error("Oracle went away");
    }
    const key = "stream/failed.txt";
    await withS3(settings, silent, async (client) => {
      await expect(uploadStream(client, target(key), failing())).rejects.toThrow("Oracle went away");
      const { Uploads = [] } = await client.send(new ListMultipartUploadsCommand({ Bucket: s3.bucket }));
      expect(Uploads.filter((upload) => upload.Key === key)).toEqual([]);
      const { KeyCount } = await client.send(new ListObjectsV2Command({ Bucket: s3.bucket, Prefix: key }));
      expect(KeyCount).toBe(0);
    });
  });

  test("ends with the signal's reason, and leaves nothing behind, when it is cancelled", async () => {
    const stop = new AbortController();
    function* cancelledInBetween(): Generator<string> {
      yield* longText();
      stop.abort(new Error("cancelled by a person"));
      yield* longText();
    }
    const key = "stream/cancelled.txt";
    await withS3(settings, silent, async (client) => {
      const upload = uploadStream(client, target(key), cancelledInBetween(), stop.signal);
      await expect(upload).rejects.toThrow();
      const { KeyCount } = await client.send(new ListObjectsV2Command({ Bucket: s3.bucket, Prefix: key }));
      expect(KeyCount).toBe(0);
    });
  });
});
