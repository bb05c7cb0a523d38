/** GTINs to rows: a hash table in two typed arrays. The first row of a GTIN given twice stays. */
export class GtinTable {
  readonly #keys: Float64Array;
  readonly #rows: Uint32Array;
  readonly #mask: number;

  /** For at most so many GTINs. */
  constructor(capacity: number) {
    let size = 16;
    while (size < capacity * 2) size *= 2;
    this.#keys = new Float64Array(size).fill(-1);
    this.#rows = new Uint32Array(size);
    this.#mask = size - 1;
  }

  add(gtin: number, row: number): void {
    const slot = this.#slotOf(gtin);
    if (this.#keys[slot] === gtin) return;
    this.#keys[slot] = gtin;
    this.#rows[slot] = row;
  }

  rowOf(gtin: number): number | undefined {
    const slot = this.#slotOf(gtin);
    return this.#keys[slot] === gtin ? this.#rows[slot] : undefined;
  }

  /** Where the GTIN stands, or the free slot where it would. */
  #slotOf(gtin: number): number {
    const low = gtin % 2 ** 32;
    const high = (gtin - low) / 2 ** 32;
    const mixed = Math.imul(low ^ Math.imul(high, 0x9e3779b1), 0x85ebca6b);
    let slot = (mixed ^ (mixed >>> 15)) & this.#mask;
    while (this.#keys[slot] !== gtin && this.#keys[slot] !== -1) slot = (slot + 1) & this.#mask;
    return slot;
  }
}
