import { randomUUID } from "node:crypto";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { createConnection } from "mariadb";
import type { MariadbSettings } from "../../dev/stack/mariadb.ts";

/** The table that actors go to, as the benchmark sees it: beside the migration, by statements of its own. */
export class AgentTable implements AsyncDisposable {
  readonly #connection: Awaited<ReturnType<typeof createConnection>>;

  private constructor(connection: Awaited<ReturnType<typeof createConnection>>) {
    this.#connection = connection;
  }

  static async open(settings: MariadbSettings): Promise<AgentTable> {
    return new AgentTable(await createConnection({ ...settings, timezone: "Z", bigIntAsNumber: true }));
  }

  async count(): Promise<number> {
    const [row] = await this.#connection.query<{ n: number }[]>("SELECT COUNT(*) AS n FROM agent");
    return row?.n ?? 0;
  }

  /** Makes it as a new Specify has it: the administrator's agent alone. */
  async empty(): Promise<void> {
    await this.#truncate();
    await this.#connection.query(
      `INSERT INTO agent (AgentType, LastName, GUID, DivisionID, SpecifyUserID, TimestampCreated, version)
       VALUES (1, 'Administrator', ?, 1, 1, UTC_TIMESTAMP(6), 0)`,
      [randomUUID()],
    );
  }

  /** Loads the very rows that are there now once more into the empty table, by LOAD DATA INFILE; gives the seconds. */
  async reload(): Promise<number> {
    // The server writes and reads the file, wherever it runs.
    const file = join("/tmp", `prefect-ts-bench-${randomUUID()}.tsv`);
    try {
      await this.#connection.query(`SELECT * FROM agent INTO OUTFILE '${file}' CHARACTER SET utf8mb4`);
      await this.#truncate();
      const began = performance.now();
      await this.#connection.query(`LOAD DATA INFILE '${file}' INTO TABLE agent CHARACTER SET utf8mb4`);
      return (performance.now() - began) / 1000;
    } finally {
      await rm(file, { force: true });
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#connection.end();
  }

  async #truncate(): Promise<void> {
    // Other tables refer to it, and none of their rows does.
    await this.#connection.query("SET SESSION foreign_key_checks = 0");
    await this.#connection.query("TRUNCATE TABLE agent");
    await this.#connection.query("SET SESSION foreign_key_checks = 1");
  }
}
