import { readFileSync } from "node:fs";
import { PrefectError } from "../errors.ts";
import type { ApiSettings } from "../settings/settings.ts";

/** TLS options of `PREFECT_API_TLS_INSECURE_SKIP_VERIFY` and `PREFECT_API_SSL_CERT_FILE`. */
export function tlsOptions(settings: ApiSettings): { rejectUnauthorized?: boolean; ca?: string[] } {
  if (settings.tlsInsecureSkipVerify) return { rejectUnauthorized: false };
  if (settings.sslCertFile === undefined) return {};
  try {
    // Not by `import`: that alone makes Node write out all root certificates, 10 ms of the processor for each process.
    const { rootCertificates } = process.getBuiltinModule("node:tls");
    return { ca: [...rootCertificates, readFileSync(settings.sslCertFile, "utf8")] };
  } catch (cause) {
    throw new PrefectError(
      "SETTINGS_INVALID",
      `PREFECT_API_SSL_CERT_FILE names ${settings.sslCertFile}, which cannot be read. Give the path of a PEM file.`,
      { cause },
    );
  }
}
