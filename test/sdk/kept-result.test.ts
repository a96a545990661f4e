import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { flow, localFolder, MissingResultError } from "../../src/sdk/index.ts";
import { keptResult } from "../../src/sdk/results/kept-result.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

/** A folder with one result, and where it is. */
async function kept() {
  const folder = await temporaryFolder();
  await flow({ name: "Keeps", persistResult: true, resultStorage: folder }, () => ({ rows: 3 }))();
  const [name = ""] = await readdir(folder);
  return { folder, storage_key: join(folder, name) };
}

it("a result that was kept is found by its address, or in the storage that is named", async () => {
  const { folder, storage_key } = await kept();
  expect(await keptResult("Run", { storage_key })).toEqual({ rows: 3 });
  expect(await keptResult("Run", { storage_key }, folder)).toEqual({ rows: 3 });
  expect(await keptResult("Run", { storage_key }, localFolder(folder))).toEqual({ rows: 3 });
});

it("a result that cannot be had is explained", async () => {
  const { folder, storage_key } = await kept();
  const asked: [unknown, RegExp, string?][] = [
    [{ type: "unpersisted" }, /^Run has not kept its result: give its flow persistResult: true/],
    [null, /has not kept its result/],
    [
      { storage_key, storage_block_id: "1-2" },
      /in storage block 1-2, and storage blocks are not loaded here/,
    ],
    [{ storage_key: `${storage_key}0` }, /there is none for this process: on another machine, expired/],
    [{ storage_key: "results/x" }, /does not lie in a folder or in S3/],
    [{ storage_key }, /does not lie in this storage/, join(folder, "other")],
  ];
  for (const [data, message, storage] of asked) {
    const result = keptResult("Run", data, storage);
    await expect(result).rejects.toThrow(message);
    await expect(result).rejects.toBeInstanceOf(MissingResultError);
  }
});
