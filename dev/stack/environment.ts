import type { GitSettings } from "./git.ts";
import type { MariadbSettings } from "./mariadb.ts";
import type { OracleSettings } from "./oracle.ts";
import type { PrefectSettings } from "./prefect.ts";
import type { S3Settings } from "./s3.ts";

/** Where each service of a stack is; data only, so that it can be handed to another process. */
export interface StackSettings {
  prefect: PrefectSettings;
  mariadb: MariadbSettings;
  s3: S3Settings;
  oracle: OracleSettings;
  git: GitSettings;
}

/** The variables by which the worker, the flows and the command line find these services. */
export function environmentFor(settings: Partial<StackSettings>): Record<string, string> {
  const { prefect, mariadb, s3, oracle, git } = settings;
  return {
    ...(prefect && { PREFECT_API_URL: prefect.apiUrl }),
    ...(prefect?.authString !== undefined && { PREFECT_API_AUTH_STRING: prefect.authString }),
    ...(mariadb && {
      DATABASE_HOST: mariadb.host,
      DATABASE_PORT: String(mariadb.port),
      DATABASE_NAME: mariadb.database,
      APP_USER_NAME: mariadb.user,
      APP_USER_PASSWORD: mariadb.password,
    }),
    ...(s3 && {
      S3_BUCKET: s3.bucket,
      S3_ENDPOINT_URL: s3.endpoint,
      S3_REGION: s3.region,
      S3_ACCESS_KEY_ID: s3.accessKeyId,
      S3_SECRET_ACCESS_KEY: s3.secretAccessKey,
      S3_FORCE_PATH_STYLE: "true",
    }),
    ...(oracle && {
      ORACLE_PROD_HOST: oracle.host,
      ORACLE_PROD_PORT: String(oracle.port),
      ORACLE_PROD_SERVICE: oracle.service,
      ORACLE_PROD_USER: oracle.user,
      ORACLE_PROD_PASSWORD: oracle.password,
      // The stand-in speaks to the thin driver only.
      ORACLE_USE_THICK_MODE: "false",
    }),
    ...(git && { GIT_REPOSITORY_URL: git.repositoryUrl }),
  };
}
