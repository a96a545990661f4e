import { access, writeFile } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import { S3Client } from "@aws-sdk/client-s3";
import mariadb from "mariadb";
import oracledb from "oracledb";
import { flow, z } from "prefect-ts";

/**
 * Holds the three clients of a migration loaded, writes its process id to FILE.ready, and waits until FILE is there:
 * meanwhile its memory is read from outside.
 */
export const clients = flow(
  { name: "Bench clients", parameters: z.object({ file: z.string() }) },
  async ({ file }) => {
    const s3 = new S3Client({
      region: "none",
      credentials: { accessKeyId: "none", secretAccessKey: "none" },
    });
    const loaded = [oracledb.versionString, mariadb.version];
    await writeFile(`${file}.ready`, String(process.pid));
    while (!(await isThere(file))) await delay(100);
    s3.destroy();
    return loaded;
  },
);

async function isThere(file: string): Promise<boolean> {
  return await access(file).then(
    () => true,
    () => false,
  );
}
