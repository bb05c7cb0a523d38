import { deflateRawSync, inflateRawSync } from "node:zlib";
import type { Compressor } from "#schema/documents/segment.ts";

/** Raw deflate (RFC 1951). */
export const compressor: Compressor = {
  deflate: (bytes) => deflateRawSync(bytes),
  inflate: (bytes, maxBytes) => inflateRawSync(bytes, { maxOutputLength: maxBytes }),
};
