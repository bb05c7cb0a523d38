import { deflateRawSync, inflateRawSync } from "node:zlib";
import type { Compressor } from "#schema/documents/compressor.ts";

/** Raw deflate, as Node has it. */
export const deflateCompressor: Compressor = {
  deflate: (bytes) => new Uint8Array(deflateRawSync(bytes, { level: 6 })),
  inflate: (bytes, maxBytes) => new Uint8Array(inflateRawSync(bytes, { maxOutputLength: maxBytes })),
};
