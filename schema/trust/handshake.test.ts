import { beforeAll, describe, expect, test } from "vitest";
import * as fc from "fast-check";
import { type Bytes, type StoreId, toHex } from "../bytes.ts";
import { type Canonical, decodeCanonical, encodeCanonical } from "../canonical.ts";
import { type SigningKey, cryptoReady, signingKeyFromSeed } from "./crypto.ts";
import { signEnrolment } from "./enrolment.ts";
import {
  type HandshakeState,
  type HandshakeStep,
  type LinkJudge,
  type LinkSelf,
  accept,
  dial,
  handshakeMessageLimit,
  judgeByKey,
  judgeByRoot,
  receive,
} from "./handshake.ts";

const storeA = "aa".repeat(16) as StoreId;
const storeB = "bb".repeat(16) as StoreId;
const key = (n: number) => signingKeyFromSeed(new Uint8Array(32).fill(n));
const nonce = (n: number) => new Uint8Array(32).fill(n);

let root: SigningKey;
let judge: LinkJudge;
beforeAll(async () => {
  await cryptoReady;
  root = key(1);
  judge = judgeByRoot(storeA, root.publicKey);
});

function till(n: number, options: { by?: SigningKey; store?: StoreId; as?: SigningKey } = {}): LinkSelf {
  const own = key(n);
  const store = options.store ?? storeA;
  const signed = signEnrolment(options.by ?? root, {
    v: 1,
    store,
    device: (options.as ?? own).device,
    series: 1,
    label: `till ${n}`,
    role: "till",
    time: 0,
  });
  return { store, key: own, credential: { type: "enrolment", signed } };
}

type End = HandshakeStep["next"];

/** Lets the two talk until neither says more; `wire` may change what passes. */
function talk(
  dialler: LinkSelf,
  acceptor: LinkSelf,
  options: {
    judges?: readonly [LinkJudge, LinkJudge];
    wire?: (from: "dialler" | "acceptor", at: number, bytes: Bytes) => Bytes;
  } = {},
): { readonly dialler: End; readonly acceptor: End } {
  const [judgeOfDialler, judgeOfAcceptor] = options.judges ?? [judge, judge];
  const first = dial(dialler, nonce(1));
  let ofDialler: End = first.next;
  let ofAcceptor: End = { type: "waiting", state: accept(() => acceptor, nonce(2)) };
  const toAcceptor = [...first.send];
  const toDialler: Bytes[] = [];
  let at = 0;
  const pass = (from: "dialler" | "acceptor", bytes: Bytes) => options.wire?.(from, at++, bytes) ?? bytes;
  for (;;) {
    const forAcceptor = toAcceptor.shift();
    if (forAcceptor && ofAcceptor.type === "waiting") {
      const step = receive(ofAcceptor.state, pass("dialler", forAcceptor), judgeOfAcceptor);
      toDialler.push(...step.send);
      ofAcceptor = step.next;
      continue;
    }
    const forDialler = toDialler.shift();
    if (!forDialler || ofDialler.type !== "waiting") return { dialler: ofDialler, acceptor: ofAcceptor };
    const step = receive(ofDialler.state, pass("acceptor", forDialler), judgeOfDialler);
    toAcceptor.push(...step.send);
    ofDialler = step.next;
  }
}

function refusal(end: End): string {
  return end.type === "refused" ? end.refusal.type : end.type;
}

describe("a handshake", () => {
  test("proves each end to the other", () => {
    const [a, b] = [till(10), till(11)];
    const ends = talk(a, b);
    expect(ends.dialler).toMatchObject({ type: "proven", peer: { type: "enrolled", device: b.key.device } });
    expect(ends.acceptor).toMatchObject({ type: "proven", peer: { type: "enrolled", device: a.key.device } });
  });

  test("proves a relay by a key known beforehand, and the till to it by enrolment", () => {
    const relay = key(20);
    const relaySelf: LinkSelf = {
      store: storeA,
      key: relay,
      credential: { type: "key", publicKey: relay.publicKey },
    };
    const ends = talk(till(10), relaySelf, { judges: [judgeByKey(storeA, relay.publicKey), judge] });
    expect(ends.dialler).toMatchObject({
      type: "proven",
      peer: { type: "known-key", device: relay.device },
    });
    expect(ends.acceptor.type).toBe("proven");
    const stranger = talk(till(10), relaySelf, { judges: [judgeByKey(storeA, key(21).publicKey), judge] });
    expect(refusal(stranger.dialler)).toBe("not-enrolled");
  });

  test("is refused by who is of another store, and tells it nothing", () => {
    const step = receive(
      accept(() => till(11), nonce(2)),
      dial(till(10, { store: storeB }), nonce(1)).send[0]!,
      judge,
    );
    expect(refusal(step.next)).toBe("other-store");
    expect(step.send).toEqual([]);
  });

  test("refuses an enrolment by another root, for another store, or for another device", () => {
    expect(refusal(talk(till(10, { by: key(2) }), till(11)).acceptor)).toBe("not-enrolled");
    const foreign = till(10, { store: storeB });
    expect(refusal(talk({ ...foreign, store: storeA }, till(11)).acceptor)).toBe("other-store");
    // Shows a neighbour's enrolment, which anybody who once linked to it has, but not its key.
    expect(refusal(talk(till(10, { as: key(12) }), till(11)).acceptor)).toBe("bad-signature");
    expect(refusal(talk(till(10), till(11, { as: key(12) })).dialler)).toBe("bad-signature");
  });

  test("refuses itself", () => {
    expect(refusal(talk(till(10), till(10)).acceptor)).toBe("self");
  });

  test("names the version it does not speak", () => {
    const ends = talk(till(10), till(11), {
      wire: (from, at, bytes) =>
        from === "dialler" && at === 0 ? changed(bytes, (hello) => ({ ...hello, v: 2 })) : bytes,
    });
    expect(ends.acceptor).toEqual({ type: "refused", refusal: { type: "version", theirs: 2 } });
  });

  test("cannot be replayed: a proof is over both nonces", () => {
    const [a, b] = [till(10), till(11)];
    const said: Bytes[] = [];
    talk(a, b, {
      wire: (from, _at, bytes) => {
        if (from === "dialler") said.push(bytes);
        return bytes;
      },
    });
    let state: HandshakeState = accept(() => b, nonce(3));
    const first = receive(state, said[0]!, judge);
    if (first.next.type !== "waiting") throw new Error("a replayed hello is no more than a hello");
    state = first.next.state;
    expect(refusal(receive(state, said[1]!, judge).next)).toBe("bad-signature");
  });

  test("cannot be reflected: a proof is for one side", () => {
    const [a, b] = [till(10), till(11)];
    const opening = dial(a, nonce(1));
    const answered = receive(
      accept(() => b, nonce(2)),
      opening.send[0]!,
      judge,
    );
    if (answered.next.type !== "waiting") throw new Error("waits for a proof");
    expect(refusal(receive(answered.next.state, answered.send[1]!, judge).next)).toBe("bad-signature");
  });

  test("ends in no proof when any one byte on the way differs", () => {
    const lengths = new Map<number, number>();
    talk(till(10), till(11), { wire: (_from, at, bytes) => (lengths.set(at, bytes.length), bytes) });
    expect([...lengths.keys()]).toEqual([0, 1, 2, 3]);
    fc.assert(
      fc.property(fc.nat(3), fc.nat(), fc.integer({ min: 1, max: 255 }), (message, place, flip) => {
        const ends = talk(till(10), till(11), {
          wire: (_from, at, bytes) => {
            if (at !== message) return bytes;
            const copy = bytes.slice();
            copy[place % copy.length]! ^= flip;
            return copy;
          },
        });
        expect([ends.dialler.type, ends.acceptor.type]).not.toEqual(["proven", "proven"]);
        expect([ends.dialler.type, ends.acceptor.type]).toContain("refused");
      }),
      { numRuns: 60 },
    );
  });

  test("calls everything else malformed, and never throws", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const waiting = accept(() => till(11), nonce(2));
        expect(refusal(receive(waiting, bytes, judge).next)).toBe("malformed");
        const dialled = dial(till(10), nonce(1)).next;
        if (dialled.type !== "waiting") throw new Error("a dialler waits");
        expect(refusal(receive(dialled.state, bytes, judge).next)).toBe("malformed");
      }),
    );
    const long = new Uint8Array(handshakeMessageLimit + 1);
    expect(
      refusal(
        receive(
          accept(() => till(11), nonce(2)),
          long,
          judge,
        ).next,
      ),
    ).toBe("malformed");
  });

  test("takes only 32 bytes for a nonce", () => {
    expect(() => dial(till(10), new Uint8Array(16))).toThrow(RangeError);
    expect(toHex(nonce(1))).toHaveLength(64);
  });
});

function changed(bytes: Bytes, change: (map: Record<string, Canonical>) => Canonical): Bytes {
  return encodeCanonical(change(decodeCanonical(bytes) as Record<string, Canonical>));
}
