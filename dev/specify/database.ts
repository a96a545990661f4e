import { createConnection } from "mariadb";
import { createSpecifyTables } from "./create.ts";
import { seedFirstDiscipline } from "./first-discipline.ts";
import { seedSpecify } from "./seed.ts";

interface Server {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
}

/**
 * Makes a Specify database with its tables and first rows, for a server of the local stack.
 * @param database  its name, beginning with `specify`: the application's user has rights to those
 * @param firstDiscipline  whether it has a first discipline and collection, as a database has that people work with
 * @throws Error when it is there already
 */
export async function createSpecifyDatabase(
  server: Server,
  database: string,
  { firstDiscipline = false } = {},
): Promise<void> {
  const connection = await connect(server);
  try {
    await connection.query(
      `CREATE DATABASE \`${database}\` CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci`,
    );
    await connection.query(`USE \`${database}\``);
    await createSpecifyTables(connection);
    await seedSpecify(connection);
    if (firstDiscipline) await seedFirstDiscipline(connection);
  } finally {
    await connection.end();
  }
}

/** Removes a database made by `createSpecifyDatabase`. */
export async function dropSpecifyDatabase(server: Server, database: string): Promise<void> {
  const connection = await connect(server);
  try {
    await connection.query(`DROP DATABASE IF EXISTS \`${database}\``);
  } finally {
    await connection.end();
  }
}

function connect({ host, port, user, password }: Server) {
  return createConnection({ host, port, user, password, timezone: "Z" });
}
