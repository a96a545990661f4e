import { connectOracle } from "../oracle/connect.ts";
import { readOracleSettings } from "../oracle/settings.ts";
import { checkS3 } from "../reports/connectivity.ts";
import { readS3Settings } from "../reports/s3-settings.ts";
import { openSpecify } from "../specify/database.ts";
import { readSpecifySettings } from "../specify/settings.ts";

type Log = (message: string) => void;

/** Asks Oracle for its clock; returns mode and versions. */
export async function reachOracle(oracleEnv: string, signal: AbortSignal, log: Log): Promise<string> {
  const settings = readOracleSettings(oracleEnv);
  log(`Connecting to Oracle at ${settings.host}:${settings.port}/${settings.service}`);
  await using session = await connectOracle(settings, { signal, log });
  await session.query("SELECT sysdate FROM dual", [], "asking for its clock");
  return `${session.mode}, ${session.clientVersion}, server ${session.serverVersion}`;
}

/** Asks Specify's database for its version. */
export async function reachSpecify(log: Log): Promise<string> {
  const settings = readSpecifySettings();
  log(`Connecting to MariaDB at ${settings.host}:${settings.port}/${settings.database}`);
  await using database = await openSpecify(settings);
  return `server ${database.serverVersion}`;
}

/** Looks for the bucket, puts a small object into it and deletes it again. */
export async function reachS3(log: Log): Promise<string> {
  const settings = readS3Settings();
  log(`Trying bucket ${settings.bucket} at ${settings.endpoint ?? "Amazon S3"}`);
  const key = await checkS3(settings, log);
  return `bucket ${settings.bucket}, put and deleted ${key}`;
}
