import type { Bytes, RandomBytes, StoreId } from "#schema/bytes.ts";
import { type SigningKey, sign } from "#schema/trust/crypto.ts";
import type { SignedEnrolment } from "#schema/trust/enrolment.ts";
import {
  type HandshakeState,
  type HandshakeStep,
  type LinkSelf,
  accept,
  dial,
  judgeByRoot,
  nonceLength,
  receive,
} from "#schema/trust/handshake.ts";
import type { LinkIdentity, LinkProof } from "./link-identity.ts";

export interface EnrolledIdentityOptions {
  readonly store: StoreId;
  /** The device's selling key. */
  readonly key: SigningKey;
  readonly enrolment: SignedEnrolment;
  /** The store's root key, public half. */
  readonly rootKey: Bytes;
  readonly random: RandomBytes;
}

/** Trusts every device that shows an enrolment by the store's root key and proves to hold its key. */
export function enrolledIdentity(options: EnrolledIdentityOptions): LinkIdentity {
  const { store, key, random } = options;
  const self: LinkSelf = { store, key, credential: { type: "enrolment", signed: options.enrolment } };
  const judge = judgeByRoot(store, options.rootKey);
  return {
    store,
    device: key.device,
    begin(side) {
      if (side === "acceptor")
        return proof(
          accept(() => self, random(nonceLength)),
          [],
        );
      const first = dial(self, random(nonceLength));
      if (first.next.type !== "waiting") throw new Error("a dialler waits first");
      return proof(first.next.state, first.send);
    },
    sign: (domain, message) => sign(key.secret, domain, message),
    mayBelong: () => true,
  };

  function proof(begun: HandshakeState, opening: readonly Bytes[]): LinkProof {
    let state = begun;
    return {
      opening,
      receive(message) {
        const step: HandshakeStep = receive(state, message, judge);
        if (step.next.type === "waiting") {
          state = step.next.state;
          return { send: step.send, next: { type: "waiting" } };
        }
        return { send: step.send, next: step.next };
      },
    };
  }
}
