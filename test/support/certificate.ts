import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { runCommand } from "../../dev/stack/command.ts";
import { findInPath, installWithApt } from "../../dev/stack/install/apt.ts";
import { temporaryFolder } from "./temporary-folder.ts";

/** A certificate that no authority has signed but its own key. */
export interface Certificate {
  /** PEM. */
  readonly key: string;
  readonly cert: string;
  /** File with `cert`. */
  readonly file: string;
}

/** Makes a certificate for 127.0.0.1, for a day; its files end with the test. */
export async function selfSignedCertificate(): Promise<Certificate> {
  await installWithApt(
    {
      present: async () => (await findInPath("openssl")) !== undefined,
      packages: ["openssl"],
      cost: "a few seconds",
      purpose: "a server's certificate in a test",
    },
    (text) => process.stderr.write(`[openssl] ${text}\n`),
  );
  const folder = await temporaryFolder();
  const [key, file] = [join(folder, "key.pem"), join(folder, "cert.pem")];
  await runCommand("openssl", [
    ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "1"],
    ...["-subj", "/CN=museum", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", file],
  ]);
  return { key: await readFile(key, "utf8"), cert: await readFile(file, "utf8"), file };
}
