import { type Bytes, concatBytes } from "#schema/bytes.ts";
import { type Canonical, decodeTrusted, encodeCanonical } from "#schema/canonical.ts";
import type { Sealing } from "./sealing.ts";

/**
 * What a document must consist of: a value taken away, put back in time or slipped in no longer adds up. The sum is the
 * exclusive-or of a keyed mark for each value.
 *
 * Written in the same transaction as anything that removes or replaces a value or begins a document. A transaction that
 * only adds writes no manifest, which halves the bytes of a sale: its rows have the next numbers after `through`, each
 * sealed to its own number, without a gap, so that they can be added up on opening.
 */
export interface Manifest {
  /** The document's name, which its values do not repeat. */
  readonly name: string;
  readonly count: number;
  readonly sum: Bytes;
  /** The last row number given when this was written; every manifest is exact up to the newest `through` of all. */
  readonly through: number;
  /** Grows with each transaction. */
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
export function manifestMark(
  sealing: Sealing,
  id: number,
  manifest: Omit<Manifest, "root" | "through">,
): Bytes {
  const { name, count, sum, generation } = manifest;
  return sealing.mark(encodeCanonical(["manifest", id, name, count, sum, generation]));
}

export function encodeManifest(manifest: Manifest): Bytes {
  const { name, count, sum, generation, through, root } = manifest;
  return encodeCanonical([name, count, sum, generation, through, root]);
}

/** For bytes whose seal has been opened: nobody else can have written them. */
export function decodeManifest(bytes: Bytes): Manifest {
  const [name, count, sum, generation, through, root] = decodeTrusted(bytes) as readonly Canonical[];
  return {
    name: name as string,
    count: count as number,
    sum: sum as Bytes,
    generation: generation as number,
    through: through as number,
    root: root as Bytes,
  };
}
