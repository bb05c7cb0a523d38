import type { Bytes } from "../../bytes.ts";

/** Writes numbers into a growing row of bytes. */
export class ByteWriter {
  #bytes = new Uint8Array(64);
  #length = 0;

  /** LEB128 of a whole number from 0 to 2^53 - 1; throws `RangeError` on any other. */
  varint(value: number): void {
    if (!Number.isSafeInteger(value) || value < 0) throw new RangeError(`not a count: ${value}`);
    let rest = value;
    while (rest >= 0x80) {
      this.#push((rest % 0x80) | 0x80);
      rest = Math.floor(rest / 0x80);
    }
    this.#push(rest);
  }

  uint48(value: number): void {
    let rest = value;
    for (let i = 0; i < 6; i++) {
      this.#push(rest % 256);
      rest = Math.floor(rest / 256);
    }
  }

  bytes(): Bytes {
    return this.#bytes.slice(0, this.#length);
  }

  #push(byte: number): void {
    if (this.#length === this.#bytes.length) {
      const grown = new Uint8Array(this.#length * 2);
      grown.set(this.#bytes);
      this.#bytes = grown;
    }
    this.#bytes[this.#length++] = byte;
  }
}

/** Reads what `ByteWriter` wrote; throws `RangeError` on anything it would not have written. */
export class ByteReader {
  readonly #bytes: Bytes;
  #at = 0;

  constructor(bytes: Bytes) {
    this.#bytes = bytes;
  }

  byte(): number {
    const byte = this.#bytes[this.#at++];
    if (byte === undefined) throw new RangeError("the bytes end too early");
    return byte;
  }

  varint(): number {
    let value = 0;
    let scale = 1;
    for (;;) {
      const byte = this.byte();
      value += (byte & 0x7f) * scale;
      if (value > Number.MAX_SAFE_INTEGER) throw new RangeError("a number is too large");
      if (byte < 0x80) {
        if (byte === 0 && scale > 1) throw new RangeError("a number is not written in its shortest form");
        return value;
      }
      scale *= 0x80;
    }
  }

  /** So many numbers, each below the limit; unless there is more to come, nothing may follow them. */
  varints(count: number, limit: number, more = false): Float64Array {
    if (count > this.left()) throw new RangeError("the bytes end too early");
    const values = new Float64Array(count);
    for (let i = 0; i < count; i++) {
      const value = this.varint();
      if (value >= limit) throw new RangeError(`${value} is out of range`);
      values[i] = value;
    }
    if (!more) this.end();
    return values;
  }

  uint48(): number {
    if (this.left() < 6) throw new RangeError("the bytes end too early");
    let value = 0;
    for (let i = 5; i >= 0; i--) value = value * 256 + this.#bytes[this.#at + i]!;
    this.#at += 6;
    return value;
  }

  take(length: number): Bytes {
    if (length > this.left()) throw new RangeError("the bytes end too early");
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }

  /** All that is left, as UTF-8. */
  rest(): string {
    return new TextDecoder("utf-8", { fatal: true }).decode(this.take(this.left()));
  }

  left(): number {
    return this.#bytes.length - this.#at;
  }

  end(): void {
    if (this.left() > 0) throw new RangeError("there are bytes too many");
  }
}
