import type { Connection } from "mariadb";

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
  const set = bitsOf(description);
  if (set.length === 0) return;
  const asked = set.map(() => `GET_LOCK(?, ${WAIT_SECONDS})`).join(", ");
  await connection.query(
    `DO ${asked}`,
    set.map((bit) => bitLock(lock, bit)),
  );
}

/** Who holds a lock, as far as it can be known. */
export async function readHolder(connection: Connection, lock: string): Promise<Holder> {
  const bits = Array.from({ length: BITS }, (_none, bit) => bitLock(lock, bit));
  const [row] = await connection.query<{ id: number | null; bits: string }[]>(
    `SELECT IS_USED_LOCK(?) AS id, CONCAT(${bits.map(() => "IS_USED_LOCK(?) IS NOT NULL").join(", ")}) AS bits`,
    [lock, ...bits],
  );
  const description = textOf(row?.bits ?? "");
  return {
    connectionId: row?.id === null || row?.id === undefined ? undefined : Number(row.id),
    description: description === "" ? undefined : description,
  };
}

function bitLock(lock: string, bit: number): string {
  return `${lock}|${bit}`;
}

/** The positions of the bits that are 1, in the text's UTF-8. */
function bitsOf(text: string): number[] {
  return [...Buffer.from(text).subarray(0, BYTES)].flatMap((byte, index) =>
    [0, 1, 2, 3, 4, 5, 6, 7].filter((bit) => (byte >> bit) & 1).map((bit) => index * 8 + bit),
  );
}

function textOf(bits: string): string {
  const bytes = Buffer.alloc(BYTES);
  for (let bit = 0; bit < bits.length; bit += 1) {
    if (bits[bit] === "1") bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) | (1 << (bit & 7));
  }
  const end = bytes.indexOf(0);
  return bytes.subarray(0, end < 0 ? BYTES : end).toString();
}
