import { join } from "node:path";
import { createConnection } from "mariadb";
import { createSpecifyDatabase } from "../specify/database.ts";
import { runCommand } from "./command.ts";
import type { StackContext } from "./context.ts";
import { startContainer } from "./docker.ts";
import { existingService } from "./existing.ts";
import { findInPath, installWithApt } from "./install/apt.ts";
import { freePort } from "./ports.ts";
import { waitUntilReady } from "./ready.ts";
import { startServiceProcess } from "./service-process.ts";

/** A MariaDB server with a Specify database in it. */
export interface MariadbSettings {
  host: string;
  port: number;
  /** The Specify database: DATABASE_NAME. */
  database: string;
  /** The application's user, who owns that database and may make others whose names begin with `specify`. */
  user: string;
  password: string;
}

const READY_MS = 60_000;
const ROOT_PASSWORD = "root-of-the-local-stack";
const APPLICATION = { database: "specify", user: "specify", password: "specify-of-the-local-stack" };

/** MariaDB: an existing one, a container, or a local process; with the Specify database made. */
export async function startMariadb(context: StackContext): Promise<MariadbSettings> {
  const existing = existingService("mariadb");
  if (existing) {
    return {
      host: existing("DATABASE_HOST"),
      port: Number(existing("DATABASE_PORT")),
      database: existing("DATABASE_NAME"),
      user: existing("APP_USER_NAME"),
      password: existing("APP_USER_PASSWORD"),
    };
  }
  const place = (await startInDocker(context)) ?? (await startLocally(context));
  await makeApplicationUser(place);
  const settings = { ...place, ...APPLICATION };
  await createSpecifyDatabase(settings, settings.database, { firstDiscipline: true });
  return settings;
}

type Place = { host: string; port: number };

function startInDocker(context: StackContext): Promise<Place | undefined> {
  return startContainer(context, {
    service: "mariadb",
    image: "mariadb:10.11",
    port: 3306,
    environment: { MARIADB_ROOT_PASSWORD: ROOT_PASSWORD, MARIADB_ROOT_HOST: "%" },
    ready: { log: /ready for connections/, times: 2 },
  });
}

async function startLocally(context: StackContext): Promise<Place> {
  await installMariadb((text) => context.progress("mariadb", text));
  const data = join(context.folder, "mariadb");
  const common = ["--no-defaults", `--datadir=${data}`, ...(process.getuid?.() === 0 ? ["--user=root"] : [])];
  const install = (await findInPath("mariadb-install-db")) ?? "mariadb-install-db";
  await runCommand(install, [...common, "--auth-root-authentication-method=normal", "--skip-test-db"]);
  const port = await freePort();
  const server = startServiceProcess(context, {
    name: "mariadb",
    command: (await findInPath("mariadbd")) ?? "mariadbd",
    args: [
      ...common,
      `--port=${port}`,
      `--socket=${join(context.folder, "mariadb.sock")}`,
      `--pid-file=${join(context.folder, "mariadb.pid")}`,
      "--bind-address=127.0.0.1",
      "--character-set-server=utf8mb4",
      "--collation-server=utf8mb4_general_ci",
      "--innodb-buffer-pool-size=256M",
    ],
  });
  const place = { host: "127.0.0.1", port };
  await waitUntilReady(server, () => setRootPassword(place), { timeoutMs: READY_MS, signal: context.signal });
  return place;
}

/** Installs the server where it is missing. */
export function installMariadb(say: (text: string) => void): Promise<void> {
  const present = async () =>
    (await findInPath("mariadbd")) !== undefined && (await findInPath("mariadb-install-db")) !== undefined;
  return installWithApt(
    { present, packages: ["mariadb-server"], cost: "about 25 s, 200 MB", purpose: "MariaDB" },
    say,
  );
}

/** A fresh server's root has no password and may come in from this machine only. */
async function setRootPassword(place: Place): Promise<void> {
  const root = await createConnection({ ...place, user: "root", connectTimeout: 2_000 });
  try {
    await root.query(`SET PASSWORD FOR root@localhost = PASSWORD('${ROOT_PASSWORD}')`);
  } finally {
    await root.end();
  }
}

async function makeApplicationUser(place: Place): Promise<void> {
  const root = await createConnection({ ...place, user: "root", password: ROOT_PASSWORD });
  try {
    // Both names of this machine, since the server takes 127.0.0.1 for localhost; any for containers.
    for (const from of ["127.0.0.1", "localhost", "%"]) {
      const account = `'${APPLICATION.user}'@'${from}'`;
      await root.query(`CREATE USER IF NOT EXISTS ${account} IDENTIFIED BY '${APPLICATION.password}'`);
      await root.query(`GRANT ALL PRIVILEGES ON \`specify%\`.* TO ${account}`);
      await root.query(`GRANT FILE, PROCESS ON *.* TO ${account}`);
    }
  } finally {
    await root.end();
  }
}
