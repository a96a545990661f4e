import { readFileSync } from "node:fs";
import { PrefectError } from "../errors.ts";
import type { ApiSettings } from "../settings/settings.ts";

/** TLS options of `PREFECT_API_TLS_INSECURE_SKIP_VERIFY` and `PREFECT_API_SSL_CERT_FILE`. */
export function tlsOptions(settings: ApiSettings): { rejectUnauthorized?: boolean; ca?: string[] } {
  if (settings.tlsInsecureSkipVerify) return { rejectUnauthorized: false };
  if (settings.sslCertFile === undefined) return {};
  // Not by `import`: that alone makes Node write out all root certificates, 10 ms of the processor for each process.
  const { getCACertificates } = process.getBuiltinModule("node:tls");
  // Those of NODE_EXTRA_CA_CERTS, too: a list of our own takes the place of everything that Node trusts.
  return { ca: [...getCACertificates("default"), readCertificates(settings.sslCertFile)] };
}

function readCertificates(path: string): string {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (cause) {
    throw new PrefectError(
      "SETTINGS_INVALID",
      `PREFECT_API_SSL_CERT_FILE names ${path}, which cannot be read. Give the path of a PEM file.`,
      { cause },
    );
  }
  // Node trusts nobody for a file in another form, and says nothing of it.
  if (/^-----BEGIN (X509 |TRUSTED )?CERTIFICATE-----/m.test(text)) return text;
  throw new PrefectError(
    "SETTINGS_INVALID",
    `PREFECT_API_SSL_CERT_FILE names ${path}, which holds no certificate in PEM form (-----BEGIN CERTIFICATE-----). ` +
      "Make one with: openssl x509 -inform der -in FILE -out FILE.pem",
  );
}
