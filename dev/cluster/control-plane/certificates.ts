import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { runCommand } from "../../stack/command.ts";
import { findInPath, installWithApt } from "../../stack/install/apt.ts";

/** Every program's certificate, and what it is for. */
export interface Certificates {
  /** File of this name in the folder, e.g. `ca.crt`, `kubelet.key`. */
  file(name: string): string;
}

const KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];

/** A certificate authority of the cluster's own, and what it signs: for a few hours, in the cluster's folder. */
export async function makeCertificates(
  folder: string,
  names: { serviceAddress: string; node: string },
  say: (text: string) => void,
): Promise<Certificates> {
  await installWithApt(
    {
      present: async () => (await findInPath("openssl")) !== undefined,
      packages: ["openssl"],
      cost: "a few seconds",
      purpose: "the cluster's certificates",
    },
    say,
  );
  await mkdir(folder, { recursive: true });
  const openssl = async (...args: string[]) => await runCommand("openssl", args, { cwd: folder });
  await openssl(
    ...[
      "req",
      "-x509",
      ...KEY,
      "-keyout",
      "ca.key",
      "-out",
      "ca.crt",
      "-days",
      "30",
      "-subj",
      "/CN=prefect-ts",
    ],
    ...["-addext", "keyUsage=critical,keyCertSign,digitalSignature,cRLSign"],
  );
  const sign = async (name: string, subject: string, extensions: string[]) => {
    await openssl("req", ...KEY, "-keyout", `${name}.key`, "-out", `${name}.csr`, "-subj", subject);
    await writeFile(join(folder, `${name}.ext`), extensions.join("\n"));
    const authority = ["-CA", "ca.crt", "-CAkey", "ca.key", "-CAcreateserial", "-days", "30"];
    await openssl(
      "x509",
      "-req",
      "-in",
      `${name}.csr`,
      ...authority,
      "-out",
      `${name}.crt`,
      "-extfile",
      `${name}.ext`,
    );
    for (const part of ["csr", "ext"]) await rm(join(folder, `${name}.${part}`));
  };
  const hosts = ["localhost", "kubernetes", "kubernetes.default", "kubernetes.default.svc"].map(
    (name) => `DNS:${name}`,
  );
  await sign("apiserver", "/CN=kube-apiserver", [
    "extendedKeyUsage=serverAuth",
    `subjectAltName=${["IP:127.0.0.1", `IP:${names.serviceAddress}`, ...hosts].join(",")}`,
  ]);
  await sign("kubelet-client", "/O=system:masters/CN=apiserver-kubelet-client", [
    "extendedKeyUsage=clientAuth",
  ]);
  await sign("kubelet", `/O=system:nodes/CN=system:node:${names.node}`, [
    "extendedKeyUsage=serverAuth,clientAuth",
    `subjectAltName=IP:127.0.0.1,DNS:localhost,DNS:${names.node}`,
  ]);
  await openssl("genrsa", "-out", "service-accounts.key", "2048");
  return { file: (name) => join(folder, name) };
}
