// `npm run -s report [-- KEY]`: lists what lies in the demo's bucket, or prints one object of it.
// It reads the same variables as the flows do: load them with `. FOLDER/env.sh`, as the demo says.
import { listObjects, readObject } from "./demo/reports.ts";

const names = [
  "S3_ENDPOINT_URL",
  "S3_REGION",
  "S3_BUCKET",
  "S3_ACCESS_KEY_ID",
  "S3_SECRET_ACCESS_KEY",
] as const;
const [endpoint = "", region = "", bucket = "", accessKeyId = "", secretAccessKey = ""] = names.map(
  (name) => process.env[name],
);
const missing = names.filter((name) => !process.env[name]);
const [key] = process.argv.slice(2);

if (missing.length > 0) {
  process.stderr.write(`Not set: ${missing.join(", ")}. Load the demo's variables first: . FOLDER/env.sh\n`);
  process.exitCode = 2;
} else {
  const s3 = { endpoint, region, bucket, accessKeyId, secretAccessKey };
  if (key !== undefined) process.stdout.write(await readObject(s3, key));
  else for (const object of await listObjects(s3)) process.stdout.write(`${object.key}\n`);
}
