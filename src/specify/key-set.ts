/** A set of whole numbers in 8 bytes each; those that a number cannot hold exactly are kept as text. */
export class KeySet {
  #numbers = new Float64Array(1024);
  #size = 0;
  #sorted = true;
  readonly #texts = new Set<string>();

  get size(): number {
    return this.#size + this.#texts.size;
  }

  /** Adds a key, given in decimal digits. */
  add(text: string): void {
    const key = Number(text);
    if (!Number.isSafeInteger(key)) {
      this.#texts.add(text);
      return;
    }
    if (this.#size === this.#numbers.length) {
      const larger = new Float64Array(this.#size * 2);
      larger.set(this.#numbers);
      this.#numbers = larger;
    }
    if (this.#size > 0 && key < (this.#numbers[this.#size - 1] ?? 0)) this.#sorted = false;
    this.#numbers[this.#size] = key;
    this.#size += 1;
  }

  /** Whether a key is there, as Oracle gives it: a number, or the digits of one too large for that. */
  has(key: number | string): boolean {
    const number = Number(key);
    if (!Number.isSafeInteger(number)) return this.#texts.has(String(key));
    if (!this.#sorted) {
      this.#numbers.subarray(0, this.#size).sort();
      this.#sorted = true;
    }
    let low = 0;
    let high = this.#size;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#numbers[middle] ?? 0) < number) low = middle + 1;
      else high = middle;
    }
    return low < this.#size && this.#numbers[low] === number;
  }
}
