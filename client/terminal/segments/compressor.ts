import { deflateRawSync, inflateRawSync } from "node:zlib";
import type { Compressor } from "#schema/documents/compressor.ts";

/** Raw deflate (RFC 1951). */
export const compressor: Compressor = {
  deflate: (bytes) => new Uint8Array(deflateRawSync(bytes, { level: 6 })),
  inflate: (bytes, maxBytes) => new Uint8Array(inflateRawSync(bytes, { maxOutputLength: maxBytes })),
};
