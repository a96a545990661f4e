// Takes a lock and keeps it until it is killed.
import { setTimeout as delay } from "node:timers/promises";
import { withFileLock } from "../../../src/git/file-lock.ts";

await withFileLock(process.argv[2] ?? "", async () => {
  console.log("locked");
  await delay(60_000);
});
