import { join } from "node:path";
import { type Connection, createConnection } from "mariadb";
import { createSpecifyDatabase } from "../specify/database.ts";
import { runCommand } from "./command.ts";
import type { StackContext } from "./context.ts";
import { startContainer } from "./docker.ts";
import { existingService } from "./existing.ts";
import { findInPath, installWithApt } from "./install/apt.ts";
import { freePort } from "./ports.ts";
import { waitUntilReady } from "./ready.ts";
import { noRestart, type Restart } from "./restart.ts";
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

/** A MariaDB server whose end and return a test can bring about; only for one that runs as our own process. */
export interface MariadbServer extends MariadbSettings, Restart {}

const READY_MS = 60_000;
const ROOT_PASSWORD = "root-of-the-local-stack";
const APPLICATION = { database: "specify", user: "specify", password: "specify-of-the-local-stack" };

/** MariaDB: an existing one, a container, or a local process; with the Specify database made. */
export async function startMariadb(context: StackContext): Promise<MariadbServer> {
  const existing = existingService("mariadb");
  if (existing) {
    return {
      host: existing("DATABASE_HOST"),
      port: Number(existing("DATABASE_PORT")),
      database: existing("DATABASE_NAME"),
      user: existing("APP_USER_NAME"),
      password: existing("APP_USER_PASSWORD"),
      ...noRestart("MariaDB server"),
    };
  }
  const place = (await startInDocker(context)) ?? (await startLocally(context));
  await makeApplicationUser(place);
  const settings = { ...place, ...APPLICATION };
  await createSpecifyDatabase(settings, settings.database, { firstDiscipline: true });
  return settings;
}

type Place = { host: string; port: number };

async function startInDocker(context: StackContext): Promise<(Place & Restart) | undefined> {
  const container = await startContainer(context, {
    service: "mariadb",
    image: "mariadb:10.11",
    port: 3306,
    environment: { MARIADB_ROOT_PASSWORD: ROOT_PASSWORD, MARIADB_ROOT_HOST: "%" },
    ready: { log: /ready for connections/, times: 2 },
  });
  return container && { ...container, ...noRestart("MariaDB server") };
}

async function startLocally(context: StackContext): Promise<Place & Restart> {
  await installMariadb((text) => context.progress("mariadb", text));
  const data = join(context.folder, "mariadb");
  const common = ["--no-defaults", `--datadir=${data}`, ...(process.getuid?.() === 0 ? ["--user=root"] : [])];
  const install = (await findInPath("mariadb-install-db")) ?? "mariadb-install-db";
  await runCommand(install, [...common, "--auth-root-authentication-method=normal", "--skip-test-db"]);
  const port = await freePort();
  const command = (await findInPath("mariadbd")) ?? "mariadbd";
  const begin = () =>
    startServiceProcess(context, { name: "mariadb", command, args: [...common, ...options] });
  const options = [
    `--port=${port}`,
    `--socket=${join(context.folder, "mariadb.sock")}`,
    `--pid-file=${join(context.folder, "mariadb.pid")}`,
    "--bind-address=127.0.0.1",
    "--character-set-server=utf8mb4",
    "--collation-server=utf8mb4_general_ci",
    "--innodb-buffer-pool-size=256M",
  ];
  const place = { host: "127.0.0.1", port };
  const ready = { timeoutMs: READY_MS, signal: context.signal };
  let server = begin();
  await waitUntilReady(server, () => setRootPassword(place), ready);
  return {
    ...place,
    stop: () => server.stop(),
    start: async () => {
      await server.stop();
      server = begin();
      await waitUntilReady(server, () => asRoot(place, ROOT_PASSWORD, async () => undefined), ready);
    },
  };
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
function setRootPassword(place: Place): Promise<void> {
  return asRoot(place, undefined, async (root) => {
    await root.query(`SET PASSWORD FOR root@localhost = PASSWORD('${ROOT_PASSWORD}')`);
  });
}

function makeApplicationUser(place: Place): Promise<void> {
  return asRoot(place, ROOT_PASSWORD, async (root) => {
    // Both names of this machine, since the server takes 127.0.0.1 for localhost; any for containers.
    for (const from of ["127.0.0.1", "localhost", "%"]) {
      const account = `'${APPLICATION.user}'@'${from}'`;
      await root.query(`CREATE USER IF NOT EXISTS ${account} IDENTIFIED BY '${APPLICATION.password}'`);
      await root.query(`GRANT ALL PRIVILEGES ON \`specify%\`.* TO ${account}`);
      await root.query(`GRANT FILE, PROCESS ON *.* TO ${account}`);
    }
  });
}

async function asRoot(
  { host, port }: Place,
  password: string | undefined,
  work: (root: Connection) => Promise<void>,
): Promise<void> {
  const login = password === undefined ? {} : { password };
  const root = await createConnection({ host, port, user: "root", connectTimeout: 5_000, ...login });
  try {
    await work(root);
  } finally {
    await root.end();
  }
}
