import { type Bytes, type DeviceId, type StoreId, fromHex, toHex } from "../bytes.ts";
import { type Canonical, decodeCanonical, encodeCanonical } from "../canonical.ts";
import { type SigningKey, sign, verify } from "./crypto.ts";
import { type Enrolment, type SignedEnrolment, verifyEnrolment } from "./enrolment.ts";

/**
 * How the two ends of a socket learn who the other is, before anything else is said. Three messages:
 *
 *     dialler  -> hello                 protocol version, store, credential, fresh nonce
 *     acceptor -> hello, then proof     the same of its own, then a signature over both hellos
 *     dialler  -> proof
 *
 * A listener says nothing to a socket that did not name its store and show a credential it trusts. Each proof is over
 * both hellos and the signer's side of the link, so that none can be replayed, reflected or carried to another store.
 *
 * History: 1 first version.
 */
const handshakeVersion = 1;
/** Nothing in a handshake is larger; bytes. */
export const handshakeMessageLimit = 4096;
export const nonceLength = 32;

const linkDomain = "tillmesh/link/1";

export type LinkSide = "dialler" | "acceptor";

/** How a device shows what it is: by an enrolment, or (a relay) by a key that the other end knows already. */
type Credential =
  | { readonly type: "enrolment"; readonly signed: SignedEnrolment }
  | { readonly type: "key"; readonly publicKey: Bytes };

/** What a hello says. Nothing of it is proven before its proof came. */
export interface LinkClaim {
  readonly store: StoreId;
  readonly credential: Credential;
}

/** Who is at the other end, proven. */
export type LinkPeer =
  | { readonly type: "enrolled"; readonly device: DeviceId; readonly enrolment: Enrolment }
  | { readonly type: "known-key"; readonly device: DeviceId };

export type LinkRefusal =
  | { readonly type: "malformed"; readonly detail: string }
  | { readonly type: "version"; readonly theirs: number }
  | { readonly type: "other-store" }
  | { readonly type: "not-enrolled" }
  | { readonly type: "bad-signature" }
  /** The other end is this very device: our own address, or a clone of us. */
  | { readonly type: "self" };

type LinkJudgement = { readonly type: "trusted"; readonly peer: LinkPeer } | LinkRefusal;

/** Whether a claim, once proven, is good enough; issue 3 answers from the membership log. */
export type LinkJudge = (claim: LinkClaim) => LinkJudgement;

/** What one end brings to a link. */
export interface LinkSelf {
  readonly store: StoreId;
  readonly key: SigningKey;
  readonly credential: Credential;
}

export type HandshakeState =
  | { readonly type: "awaiting-hello"; readonly side: LinkSide; readonly mine: MineOrLater }
  | {
      readonly type: "awaiting-proof";
      readonly side: LinkSide;
      readonly peer: LinkPeer;
      readonly self: LinkSelf;
      readonly transcript: Bytes;
    };

/** An acceptor that serves many stores learns from the claim which of its selves is meant. */
export type ChooseSelf = (claim: LinkClaim) => LinkSelf | undefined;

export interface HandshakeStep {
  /** To be sent, in this order, whatever `next` says. */
  readonly send: readonly Bytes[];
  readonly next:
    | { readonly type: "waiting"; readonly state: HandshakeState }
    | { readonly type: "proven"; readonly peer: LinkPeer }
    | { readonly type: "refused"; readonly refusal: LinkRefusal };
}

type MineOrLater =
  | { readonly type: "said"; readonly self: LinkSelf; readonly hello: Bytes }
  | { readonly type: "later"; readonly choose: ChooseSelf; readonly nonce: Bytes };

/** `nonce`: 32 fresh random bytes. */
export function dial(self: LinkSelf, nonce: Bytes): HandshakeStep {
  const hello = encodeHello(self, nonce);
  const mine = { type: "said", self, hello } as const;
  return {
    send: [hello],
    next: { type: "waiting", state: { type: "awaiting-hello", side: "dialler", mine } },
  };
}

/** `nonce`: 32 fresh random bytes. */
export function accept(choose: ChooseSelf, nonce: Bytes): HandshakeState {
  return { type: "awaiting-hello", side: "acceptor", mine: { type: "later", choose, nonce } };
}

export function receive(state: HandshakeState, message: Bytes, judge: LinkJudge): HandshakeStep {
  if (message.length > handshakeMessageLimit) return refused({ type: "malformed", detail: "too long" });
  return state.type === "awaiting-hello"
    ? receiveHello(state.side, state.mine, message, judge)
    : receiveProof(state, message);
}

/** Trusts whoever the store's root key has enrolled. */
export function judgeByRoot(store: StoreId, rootKey: Bytes): LinkJudge {
  return (claim) => {
    if (claim.store !== store) return { type: "other-store" };
    if (claim.credential.type !== "enrolment") return { type: "not-enrolled" };
    const result = verifyEnrolment(claim.credential.signed, rootKey);
    if (result.type === "malformed") return result;
    if (result.type !== "valid") return { type: "not-enrolled" };
    if (result.enrolment.store !== store) return { type: "other-store" };
    return {
      type: "trusted",
      peer: { type: "enrolled", device: result.enrolment.device, enrolment: result.enrolment },
    };
  };
}

/** Trusts one key known beforehand: how a till knows its relay. */
export function judgeByKey(store: StoreId, publicKey: Bytes): LinkJudge {
  const device = toHex(publicKey) as DeviceId;
  return (claim) => {
    if (claim.store !== store) return { type: "other-store" };
    if (claim.credential.type !== "key" || toHex(claim.credential.publicKey) !== device)
      return { type: "not-enrolled" };
    return { type: "trusted", peer: { type: "known-key", device } };
  };
}

function receiveHello(side: LinkSide, mine: MineOrLater, message: Bytes, judge: LinkJudge): HandshakeStep {
  const claim = decodeHello(message);
  if ("type" in claim) return refused(claim);
  const self = mine.type === "said" ? mine.self : mine.choose(claim);
  if (!self || self.store !== claim.store) return refused({ type: "other-store" });
  const judgement = judge(claim);
  if (judgement.type !== "trusted") return refused(judgement);
  if (judgement.peer.device === self.key.device) return refused({ type: "self" });
  const hello = mine.type === "said" ? mine.hello : encodeHello(self, mine.nonce);
  const transcript = encodeCanonical(side === "dialler" ? [hello, message] : [message, hello]);
  const waiting = {
    type: "waiting",
    state: { type: "awaiting-proof", side, peer: judgement.peer, self, transcript },
  } as const;
  return side === "dialler"
    ? { send: [], next: waiting }
    : { send: [hello, encodeProof(self, side, transcript)], next: waiting };
}

function receiveProof(
  state: Extract<HandshakeState, { type: "awaiting-proof" }>,
  message: Bytes,
): HandshakeStep {
  const signature = decodeProof(message);
  if (!signature) return refused({ type: "malformed", detail: "not a proof" });
  const theirSide = state.side === "dialler" ? "acceptor" : "dialler";
  const key = fromHex(state.peer.device);
  if (!verify(key, linkDomain, proofMessage(theirSide, state.transcript), signature))
    return refused({ type: "bad-signature" });
  return {
    send: state.side === "dialler" ? [encodeProof(state.self, "dialler", state.transcript)] : [],
    next: { type: "proven", peer: state.peer },
  };
}

function refused(refusal: LinkRefusal): HandshakeStep {
  return { send: [], next: { type: "refused", refusal } };
}

function encodeHello(self: LinkSelf, nonce: Bytes): Bytes {
  if (nonce.length !== nonceLength) throw new RangeError(`a nonce has ${nonceLength} bytes`);
  const { credential } = self;
  return encodeCanonical({
    type: "hello",
    v: handshakeVersion,
    store: fromHex(self.store),
    credential:
      credential.type === "enrolment" ? { enrolment: credential.signed } : { key: credential.publicKey },
    nonce,
  });
}

function decodeHello(message: Bytes): LinkClaim | LinkRefusal {
  const map = decodeMap(message);
  if (map?.type !== "hello") return { type: "malformed", detail: "not a hello" };
  if (typeof map.v !== "number") return { type: "malformed", detail: "a hello without a version" };
  if (map.v !== handshakeVersion) return { type: "version", theirs: map.v };
  if (!isBytes(map.store, 16) || !isBytes(map.nonce, nonceLength))
    return { type: "malformed", detail: "a hello without store or nonce" };
  const credential = asMap(map.credential);
  if (credential?.enrolment instanceof Uint8Array)
    return {
      store: toHex(map.store) as StoreId,
      credential: { type: "enrolment", signed: credential.enrolment },
    };
  if (isBytes(credential?.key, 32))
    return { store: toHex(map.store) as StoreId, credential: { type: "key", publicKey: credential.key } };
  return { type: "malformed", detail: "a hello without a credential" };
}

function encodeProof(self: LinkSelf, side: LinkSide, transcript: Bytes): Bytes {
  const signature = sign(self.key.secret, linkDomain, proofMessage(side, transcript));
  return encodeCanonical({ type: "proof", signature });
}

function decodeProof(message: Bytes): Bytes | undefined {
  const map = decodeMap(message);
  return map?.type === "proof" && isBytes(map.signature, 64) ? map.signature : undefined;
}

function proofMessage(side: LinkSide, transcript: Bytes): Bytes {
  return encodeCanonical([side, transcript]);
}

function decodeMap(bytes: Bytes): Record<string, Canonical> | undefined {
  try {
    return asMap(decodeCanonical(bytes));
  } catch {
    return undefined;
  }
}

function asMap(value: Canonical | undefined): Record<string, Canonical> | undefined {
  return typeof value === "object" &&
    value !== null &&
    !(value instanceof Uint8Array) &&
    !Array.isArray(value)
    ? (value as Record<string, Canonical>)
    : undefined;
}

function isBytes(value: Canonical | undefined, length: number): value is Bytes {
  return value instanceof Uint8Array && value.length === length;
}
