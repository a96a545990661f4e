import { writeFile } from "node:fs/promises";
import { stringify } from "yaml";

/** How a program introduces itself: by a token, or by its certificate. */
export type Identity = { token: string } | { "client-certificate": string; "client-key": string };

/** Writes the file that tells a program where the API server is and who it is itself. */
export async function writeKubeconfig(
  file: string,
  cluster: { server: string; authority: string },
  user: Identity,
): Promise<string> {
  const config = {
    apiVersion: "v1",
    kind: "Config",
    clusters: [
      { name: "test", cluster: { server: cluster.server, "certificate-authority": cluster.authority } },
    ],
    users: [{ name: "user", user }],
    contexts: [{ name: "test", context: { cluster: "test", user: "user" } }],
    "current-context": "test",
  };
  await writeFile(file, stringify(config), { mode: 0o600 });
  return file;
}
