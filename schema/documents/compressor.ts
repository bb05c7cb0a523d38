import type { Bytes } from "../bytes.ts";

/** Compression, handed in: schema has none of its own. */
export interface Compressor {
  deflate(bytes: Bytes): Bytes;
  /** Throws when the result would be longer than `maxBytes`, or the bytes are damaged. */
  inflate(bytes: Bytes, maxBytes: number): Bytes;
}
