import { randomUUID } from "node:crypto";
import { expect, it } from "vitest";
import { INPUTS, s3Folder, task } from "../../src/sdk/index.ts";
import { readKept } from "../../src/sdk/results/result-store.ts";
import { sharedStack } from "../support/shared-stack.ts";

const stack = await sharedStack("s3");
const { S3_BUCKET, S3_ENDPOINT_URL, S3_REGION, S3_ACCESS_KEY_ID, S3_SECRET_ACCESS_KEY } = stack.env;

it("results are kept in a bucket, and taken from it again", async () => {
  const storage = s3Folder({
    bucket: S3_BUCKET ?? "",
    prefix: `results-${randomUUID()}/`,
    ...(S3_ENDPOINT_URL !== undefined && { endpoint: S3_ENDPOINT_URL }),
    ...(S3_REGION !== undefined && { region: S3_REGION }),
    credentials: { accessKeyId: S3_ACCESS_KEY_ID ?? "", secretAccessKey: S3_SECRET_ACCESS_KEY ?? "" },
  });
  let calls = 0;
  const count = task({ name: "Count", cachePolicy: INPUTS, resultStorage: storage }, (museum: string) => {
    calls += 1;
    return { museum, calls };
  });
  expect(await count("Ærø")).toEqual({ museum: "Ærø", calls: 1 });
  const again = count.submit("Ærø");
  expect(await again).toEqual({ museum: "Ærø", calls: 1 });
  expect(again.state.name).toBe("Cached");
  const { resultMetadata } = again.state;
  expect(resultMetadata?.storage_key).toMatch(new RegExp(`^s3://${S3_BUCKET}/results-`));
  expect((await readKept(storage, resultMetadata))?.value).toEqual({ museum: "Ærø", calls: 1 });
  expect(await readKept("/elsewhere", resultMetadata)).toBeUndefined();
  expect(await storage.read("nothing")).toBeUndefined();
});
