import { type Bytes, concatBytes } from "#schema/bytes.ts";
import { type Canonical, decodeTrusted, encodeCanonical } from "#schema/canonical.ts";
import type { Sealing } from "./sealing.ts";

/**
 * What a document must consist of, kept in the same transactions as its values: a value taken away, put back in time or
 * slipped in no longer adds up. The sum is the exclusive-or of a keyed mark for each value.
 */
export interface Manifest {
  /** The document's name, which its values do not repeat. */
  readonly name: string;
  readonly count: number;
  readonly sum: Bytes;
  /** Of the transaction that wrote this. */
  readonly generation: number;
  /**
   * The sum over the marks of all manifests after that transaction. The newest manifest thus vouches for every other;
   * what remains possible is to put the *whole* vault back to an earlier state, which only a peer can notice.
   */
  readonly root: Bytes;
}

export const emptySum: Bytes = new Uint8Array(16);

export function xorSum(a: Bytes, b: Bytes): Bytes {
  return Uint8Array.from(a, (byte, i) => byte ^ b[i]!);
}

/** What one value adds to its document's sum: its number and nonce stand for it, for no nonce is ever used twice. */
export function chunkMark(sealing: Sealing, id: number, nonce: Bytes): Bytes {
  const head = new Uint8Array(8);
  new DataView(head.buffer).setFloat64(0, id);
  return sealing.mark(concatBytes(head, nonce));
}

/** What one manifest adds to the root. */
export function manifestMark(sealing: Sealing, id: number, manifest: Omit<Manifest, "root">): Bytes {
  const { name, count, sum, generation } = manifest;
  return sealing.mark(encodeCanonical(["manifest", id, name, count, sum, generation]));
}

export function encodeManifest(manifest: Manifest): Bytes {
  const { name, count, sum, generation, root } = manifest;
  return encodeCanonical([name, count, sum, generation, root]);
}

/** For bytes whose seal has been opened: nobody else can have written them. */
export function decodeManifest(bytes: Bytes): Manifest {
  const [name, count, sum, generation, root] = decodeTrusted(bytes) as readonly Canonical[];
  return {
    name: name as string,
    count: count as number,
    sum: sum as Bytes,
    generation: generation as number,
    root: root as Bytes,
  };
}
