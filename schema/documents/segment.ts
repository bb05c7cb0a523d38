import type { Compressor } from "./compressor.ts";
import type { Bytes, HashHex, RandomBytes } from "../bytes.ts";
import { type Sealed, type SymmetricKey, hashHex, newSymmetricKey, open, seal } from "../trust/crypto.ts";

/**
 * How a document names a segment: whoever may read the document can fetch it anywhere (a sibling, the relay, a disk)
 * and open it; whoever only carries it learns nothing. The name is the hash of the ciphertext.
 */
export interface SegmentRef {
  readonly hash: HashHex;
  readonly key: SymmetricKey;
  /** Of the ciphertext. */
  readonly bytes: number;
}

/** 64 MiB inflated: no honest segment comes near. */
const maxSegmentBytes = 64 << 20;
const associated = new TextEncoder().encode("tillmesh/segment/1");

export function sealSegment(
  plaintext: Bytes,
  compressor: Compressor,
  random: RandomBytes,
): { readonly ref: SegmentRef; readonly sealed: Sealed } {
  const key = newSymmetricKey(random);
  const sealed = seal(key, compressor.deflate(plaintext), associated, random);
  return { ref: { hash: hashHex(sealed), key, bytes: sealed.length }, sealed };
}

export type SegmentFault = { readonly type: "other-bytes" | "does-not-open" | "does-not-inflate" };

export function openSegment(ref: SegmentRef, sealed: Bytes, compressor: Compressor): Bytes | SegmentFault {
  if (hashHex(sealed) !== ref.hash) return { type: "other-bytes" };
  const deflated = open(ref.key, sealed, associated);
  if (!deflated) return { type: "does-not-open" };
  try {
    return compressor.inflate(deflated, maxSegmentBytes);
  } catch {
    return { type: "does-not-inflate" };
  }
}
