import type { WatchedConnection } from "./watched-connection.ts";

/** The connection that asks, or that holds. */
type Connection = Pick<WatchedConnection, "query">;

/** Bytes of the description that others can read. */
const BYTES = 120;
const BITS = BYTES * 8;
/** A lock whose last holder was killed may be free a moment later than the main one. */
const WAIT_SECONDS = 2;

/** Who holds a lock. */
interface Holder {
  /** Undefined when the holder has not said who it is. */
  description: string | undefined;
  /** Number of its connection, as in `SHOW PROCESSLIST`; undefined when the lock is free by now. */
  connectionId: number | undefined;
}

/** The numbers of the bits, as a table. */
const EACH_BIT = `WITH RECURSIVE bits AS (SELECT 0 AS bit UNION ALL SELECT bit + 1 FROM bits WHERE bit < ${BITS - 1})`;

/**
 * Lets others read who holds a lock. MariaDB tells only which connection that is, and a table for it would be another one in
 * Specify's database, with rows that outlive a killed run. But whether a lock of a certain name is taken can be asked by
 * everybody: so each bit of the description is a lock of its own, taken when the bit is set. They end with the connection.
 */
export async function announceHolder(
  connection: Connection,
  lock: string,
  description: string,
): Promise<void> {
  await connection.query(
    `${EACH_BIT} SELECT SUM(GET_LOCK(CONCAT(?, '|', bit), ${WAIT_SECONDS})) AS taken FROM bits WHERE SUBSTRING(?, bit + 1, 1) = '1'`,
    [lock, bitsOf(description)],
  );
}

/** Who holds a lock, as far as it can be known. */
export async function readHolder(connection: Connection, lock: string): Promise<Holder> {
  const [row] = await connection.query<{ id: number | null; bits: string | null }[]>(
    `${EACH_BIT} SELECT IS_USED_LOCK(?) AS id,
            GROUP_CONCAT(IS_USED_LOCK(CONCAT(?, '|', bit)) IS NOT NULL ORDER BY bit SEPARATOR '') AS bits FROM bits`,
    [lock, lock],
  );
  const description = textOf(row?.bits ?? "");
  return {
    connectionId: row?.id === null || row?.id === undefined ? undefined : Number(row.id),
    description: description === "" ? undefined : description,
  };
}

/** The bits of the text's UTF-8, the lowest of each byte first: "0101…". */
function bitsOf(text: string): string {
  return [...Buffer.from(text).subarray(0, BYTES)]
    .map((byte) => [0, 1, 2, 3, 4, 5, 6, 7].map((bit) => (byte >> bit) & 1).join(""))
    .join("");
}

function textOf(bits: string): string {
  const bytes = Buffer.alloc(BYTES);
  for (let bit = 0; bit < bits.length; bit += 1) {
    if (bits[bit] === "1") bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) | (1 << (bit & 7));
  }
  const end = bytes.indexOf(0);
  return bytes.subarray(0, end < 0 ? BYTES : end).toString();
}
