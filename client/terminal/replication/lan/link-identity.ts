import type { Bytes, DeviceId, StoreId } from "#schema/bytes.ts";
import type { LinkPeer, LinkRefusal, LinkSide } from "#schema/trust/handshake.ts";

/**
 * Who this till is on the LAN, and how it makes sure who a peer is: the one place where links ask. `enrolledIdentity`
 * is the signed challenge of `schema/trust/handshake.ts`; mutual TLS and the membership log take its place here.
 */
export interface LinkIdentity {
  readonly store: StoreId;
  readonly device: DeviceId;
  /** Begins to prove who is at the other end of a fresh socket. */
  begin(side: LinkSide): LinkProof;
  /** Ed25519 by this device's key over `domain` and `message`. */
  sign(domain: string, message: Bytes): Bytes;
  /** Whether a device that is not a direct peer may be believed to be of this store, as far as is known here. */
  mayBelong(device: DeviceId): boolean;
}

/** One socket's proof, step by step; not used again once it is `proven` or `refused`. */
export interface LinkProof {
  /** What the dialler says first; empty for an acceptor. */
  readonly opening: readonly Bytes[];
  receive(message: Bytes): LinkProofStep;
}

interface LinkProofStep {
  readonly send: readonly Bytes[];
  readonly next:
    | { readonly type: "waiting" }
    | { readonly type: "proven"; readonly peer: LinkPeer }
    | { readonly type: "refused"; readonly refusal: LinkRefusal };
}
