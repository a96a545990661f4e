/** How the object storage (S3 or MinIO) is reached. */
export interface S3Settings {
  bucket: string;
  /** Undefined for Amazon's own. */
  endpoint: string | undefined;
  region: string;
  /** Undefined: the SDK finds them (role of the pod, profile). */
  credentials: { accessKeyId: string; secretAccessKey: string } | undefined;
  forcePathStyle: boolean;
  /** False: bodies are sent as UNSIGNED-PAYLOAD, which proxies before MinIO need. */
  signPayload: boolean;
}

/** An `S3_*` variable is missing or makes no sense. */
class S3SettingsError extends Error {
  override readonly name = "S3SettingsError";
  readonly code = "S3-SETTINGS";
}

type Environment = Readonly<Record<string, string | undefined>>;

const YES = ["1", "true", "yes", "on"];
const NO = ["0", "false", "no", "off"];
/** With one of these set, the SDK finds credentials by itself. */
const OTHER_CREDENTIALS = [
  "AWS_PROFILE",
  "AWS_WEB_IDENTITY_TOKEN_FILE",
  "AWS_ROLE_ARN",
  "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
  "AWS_CONTAINER_CREDENTIALS_FULL_URI",
];

/** The bucket for reports, or undefined: then nothing is uploaded. */
export function configuredBucket(env: Environment = process.env): string | undefined {
  return env.S3_BUCKET?.trim() || undefined;
}

/**
 * Reads the settings of the object storage.
 * @throws S3SettingsError that names every missing variable at once, or the one whose value makes no sense
 */
export function readS3Settings(env: Environment = process.env): S3Settings {
  const given = (...names: string[]): string | undefined =>
    names.map((name) => env[name]?.trim()).find((value) => value !== undefined && value !== "");
  const bucket = configuredBucket(env);
  // Key and secret belong together, so both come from the same pair of names.
  const prefix =
    given("S3_ACCESS_KEY_ID") !== undefined || given("AWS_ACCESS_KEY_ID") === undefined ? "S3" : "AWS";
  const accessKeyId = given(`${prefix}_ACCESS_KEY_ID`);
  const secretAccessKey = given(`${prefix}_SECRET_ACCESS_KEY`);
  const foundBySdk = accessKeyId === undefined && given(...OTHER_CREDENTIALS) !== undefined;
  const missing: string[] = [];
  if (bucket === undefined) missing.push("S3_BUCKET");
  if (!foundBySdk && accessKeyId === undefined) missing.push("S3_ACCESS_KEY_ID (or AWS_ACCESS_KEY_ID)");
  if (!foundBySdk && secretAccessKey === undefined)
    missing.push("S3_SECRET_ACCESS_KEY (or AWS_SECRET_ACCESS_KEY)");
  if (missing.length > 0) {
    throw new S3SettingsError(
      `Object storage is not configured: ${missing.join(", ")} ${missing.length === 1 ? "is" : "are"} not set. ` +
        "Add them to the secret that the worker gets its environment from.",
    );
  }
  return {
    bucket: bucket ?? "",
    endpoint: endpoint(given("S3_ENDPOINT_URL")),
    region: given("S3_REGION", "AWS_REGION", "AWS_DEFAULT_REGION") ?? "us-east-1",
    credentials: accessKeyId && secretAccessKey ? { accessKeyId, secretAccessKey } : undefined,
    forcePathStyle: yesOrNo("S3_FORCE_PATH_STYLE", env.S3_FORCE_PATH_STYLE, true),
    signPayload: yesOrNo("S3_PAYLOAD_SIGNING_ENABLED", env.S3_PAYLOAD_SIGNING_ENABLED, false),
  };
}

function endpoint(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  if (!/^https?:\/\//.test(text) || !URL.canParse(text)) {
    throw new S3SettingsError(
      `S3_ENDPOINT_URL is "${text}"; give a whole address, such as https://s3.example.org or http://minio:9000.`,
    );
  }
  if (new URL(text).password !== "") {
    throw new S3SettingsError(
      "S3_ENDPOINT_URL holds a password; put keys into S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY.",
    );
  }
  return text;
}

function yesOrNo(name: string, text: string | undefined, fallback: boolean): boolean {
  const word = text?.trim().toLowerCase() ?? "";
  if (word === "") return fallback;
  if (YES.includes(word)) return true;
  if (NO.includes(word)) return false;
  throw new S3SettingsError(`${name} is "${text}"; give true or false.`);
}
