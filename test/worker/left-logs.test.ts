import { expect, it } from "vitest";
import type { LogCreate } from "../../src/prefect/api-types.ts";
import { LogSpool, spoolPath } from "../../src/prefect/log-spool.ts";
import { sendLeftLogs } from "../../src/worker/left-logs.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

it("what a run had logged stays on disk until the server has it", async () => {
  const folder = await temporaryFolder();
  const spool = new LogSpool(spoolPath(folder));
  spool.keep(
    JSON.stringify({ name: "n", level: 20, message: "last words", timestamp: "2026-01-01T00:00:00Z" }),
  );
  const away = { sendLogs: () => Promise.reject(new Error("nobody answers")) };
  await expect(sendLeftLogs(away, folder)).rejects.toThrow("nobody answers");
  const sent: LogCreate[] = [];
  const back = { sendLogs: async (logs: LogCreate[]) => void sent.push(...logs) };
  await sendLeftLogs(back, folder);
  await sendLeftLogs(back, folder);
  expect(sent.map(({ message }) => message)).toEqual(["last words"]);
});
