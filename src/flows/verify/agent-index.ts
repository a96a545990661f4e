import { hash } from "node:crypto";
import { comparedColumns, type StoredAgent } from "../../specify/stored-agents.ts";

/** An agent of Specify, as far as it is kept. */
interface Indexed {
  agentId: number;
  hash: number;
}

/** What was found in Specify for a key. */
export type Found = "missing" | "equal" | { differs: number };

/**
 * All agents that came from one table, for being compared with its rows: number, key and hash, 28 bytes each, so that a quarter
 * of a million take 7 MB.
 */
export class AgentIndex {
  #keys = new Float64Array(1024);
  #hashes = new Float64Array(1024);
  #agents = new Float64Array(1024);
  #size = 0;
  /** Positions in the order of their keys, once all are there. */
  #order: Uint32Array | undefined;
  #seen = new Uint8Array(0);
  /** Keys with more digits than a number holds. */
  readonly #long = new Map<string, Indexed[]>();
  readonly #seenLong = new Set<string>();
  #longSize = 0;

  get size(): number {
    return this.#size + this.#longSize;
  }

  /** @param key  in decimal digits, such as an ACTOR_ID */
  add(key: string, agentId: number, rowHash: number): void {
    const number = Number(key);
    if (!Number.isSafeInteger(number)) {
      this.#long.set(key, [...(this.#long.get(key) ?? []), { agentId, hash: rowHash }]);
      this.#longSize += 1;
      return;
    }
    if (this.#size === this.#keys.length) this.#grow();
    this.#keys[this.#size] = number;
    this.#hashes[this.#size] = rowHash;
    this.#agents[this.#size] = agentId;
    this.#size += 1;
  }

  /** Looks for a row of Oracle, and remembers that it was asked for. */
  compare(key: number | string, expected: number): Found {
    const number = Number(key);
    let found: Indexed | undefined;
    if (Number.isSafeInteger(number)) {
      const position = this.#firstOf(number);
      if (position === undefined) return "missing";
      this.#seen[position] = 1;
      found = { agentId: this.#agents[position] ?? 0, hash: this.#hashes[position] ?? 0 };
    } else {
      found = this.#long.get(String(key))?.[0];
      this.#seenLong.add(String(key));
    }
    if (found === undefined) return "missing";
    return found.hash === expected ? "equal" : { differs: found.agentId };
  }

  /** Agents that no row of Oracle asked for: of rows that are gone, or second ones of the same key. */
  *extra(): Generator<{ key: string; agentId: number; isSecond: boolean }> {
    let before: number | undefined;
    for (const position of this.#sorted()) {
      const key = this.#keys[position] ?? 0;
      if (!this.#seen[position]) {
        yield { key: String(key), agentId: this.#agents[position] ?? 0, isSecond: key === before };
      }
      before = key;
    }
    for (const [key, agents] of this.#long) {
      const rest = this.#seenLong.has(key) ? agents.slice(1) : agents;
      for (const one of rest) yield { key, agentId: one.agentId, isSecond: one !== agents[0] };
    }
  }

  #firstOf(key: number): number | undefined {
    const order = this.#sorted();
    let low = 0;
    let high = order.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#keys[order[middle] ?? 0] ?? 0) < key) low = middle + 1;
      else high = middle;
    }
    const position = order[low];
    return position !== undefined && this.#keys[position] === key ? position : undefined;
  }

  #sorted(): Uint32Array {
    if (this.#order?.length !== this.#size) {
      const keys = this.#keys;
      // Of several agents with one key the oldest comes first.
      this.#order = Uint32Array.from({ length: this.#size }, (_none, index) => index).sort(
        (a, b) => (keys[a] ?? 0) - (keys[b] ?? 0) || a - b,
      );
      this.#seen = new Uint8Array(this.#size);
    }
    return this.#order;
  }

  #grow(): void {
    const larger = (old: Float64Array<ArrayBuffer>): Float64Array<ArrayBuffer> => {
      const array = new Float64Array(old.length * 2);
      array.set(old);
      return array;
    };
    this.#keys = larger(this.#keys);
    this.#hashes = larger(this.#hashes);
    this.#agents = larger(this.#agents);
  }
}

/** 52 bits of a hash over all that a migration decides about an agent: as many as a number holds exactly. */
export function agentHash(agent: Omit<StoredAgent, "agentId">): number {
  const text = comparedColumns(agent)
    .map(([, value]) => (value === null ? "\u0000" : String(value)))
    .join("\u001f");
  return Number.parseInt(hash("sha1", text).slice(0, 13), 16);
}
