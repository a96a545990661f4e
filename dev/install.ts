// `node dev/bootstrap.mjs dev/install.ts NAME...`: installs what the local stack would install when it first needs it,
// and what it never installs unasked: the real MinIO (built with Go) and Oracle Instant Client.

import { buildMinio } from "./stack/install/minio.ts";
import { installInstantClient } from "./stack/instant-client.ts";
import { installMariadb } from "./stack/mariadb.ts";
import { installPrefect } from "./stack/prefect-install.ts";

const installers: Record<string, (say: (text: string) => void) => Promise<unknown>> = {
  prefect: installPrefect,
  mariadb: installMariadb,
  minio: buildMinio,
  "instant-client": installInstantClient,
};

const names = process.argv.slice(2);
const unknown = names.filter((name) => !(name in installers));
if (names.length === 0 || unknown.length > 0) {
  if (unknown.length > 0)
    process.stderr.write(`There is nothing to install by the name of ${unknown.join(", ")}.\n`);
  process.stderr.write(
    `Usage: node dev/bootstrap.mjs dev/install.ts NAME...   names: ${Object.keys(installers).join(", ")}\n`,
  );
  process.exitCode = 2;
} else {
  for (const name of names) {
    const result = await installers[name]?.((text) => process.stderr.write(`${name}: ${text}\n`));
    process.stdout.write(
      `${name}: ${typeof result === "string" ? result : JSON.stringify(result ?? "installed")}\n`,
    );
  }
}
