import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Bytes, type DeviceId, type HashHex, type StoreId } from "../bytes.ts";
import { decodeCanonical, encodeCanonical } from "../canonical.ts";
import { type SigningKey, cryptoReady, sign, signingKeyFromSeed } from "../trust/crypto.ts";
import { type JournalPosition, checkJournal, startOfSeries } from "./journal.ts";
import { type TillRecord, decodeRecord, decodeVouchedRecord, encodeRecord, firstPrev } from "./record.ts";

await cryptoReady;

const key = signingKeyFromSeed(new Uint8Array(32).fill(1));
const stranger = signingKeyFromSeed(new Uint8Array(32).fill(2));
const store = "ab".repeat(16) as StoreId;
const owner = { store, device: key.device };
const staff = { id: "anna", name: "Anna" };

interface Place {
  readonly store: StoreId;
  readonly device: DeviceId;
  readonly series: number;
  readonly seq: number;
  readonly prev: HashHex;
}

/** Every third record bears a receipt number. */
function record(place: Place, number: number | null): TillRecord {
  const common = { ...place, time: 1000 * place.seq };
  if (number === null)
    return {
      ...common,
      kind: "cash",
      body: { day: "2026-11-22", shift: "s", staff, direction: "in", amount: place.seq, reason: "change" },
    };
  return {
    ...common,
    kind: "void",
    body: {
      ...{
        number,
        day: "2026-11-22",
        shift: "s",
        staff,
        of: firstPrev,
        ofNumber: 1,
        currency: "EUR",
        tenders: [],
      },
      ...{ total: 0, net: 0, taxes: [], goods: [], reason: "r" },
    },
  };
}

interface Chain {
  readonly bytes: Bytes[];
  readonly places: Place[];
}

function chain(length: number, by: SigningKey = key, at: StoreId = store, series = 1): Chain {
  const made: Chain = { bytes: [], places: [] };
  let prev = firstPrev;
  for (let seq = 1; seq <= length; seq++) {
    const place = { store: at, device: by.device, series, seq, prev };
    const encoded = encodeRecord(record(place, seq % 3 === 0 ? seq / 3 : null), by);
    made.bytes.push(encoded.bytes);
    made.places.push(place);
    prev = encoded.hash;
  }
  return made;
}

describe("a record", () => {
  const { bytes } = encodeRecord(record({ ...owner, series: 1, seq: 1, prev: firstPrev }, 1), key);

  test("is read as it was written, twice the same bytes", () => {
    const read = decodeRecord(bytes);
    if ("type" in read) throw new Error(read.type);
    expect(encodeRecord(read.record, key)).toEqual({ hash: read.hash, bytes });
    expect(decodeVouchedRecord(bytes)).toEqual(read);
  });

  test("with any byte flipped, cut short or lengthened is refused", () => {
    for (let at = 0; at < bytes.length; at++)
      for (const bit of [1, 128]) {
        const wrong = bytes.slice();
        wrong[at]! ^= bit;
        expect(decodeRecord(wrong), `byte ${at}`).toHaveProperty("type");
      }
    for (let length = 0; length < bytes.length; length += 7)
      expect(decodeRecord(bytes.slice(0, length))).toHaveProperty("type");
    expect(decodeRecord(new Uint8Array([...bytes, 0]))).toMatchObject({ type: "malformed" });
  });

  test("anything at all is refused, and never throws", () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (any) => "type" in decodeRecord(any)));
  });

  test("signed for another purpose, or by another, is refused", () => {
    const [payload] = decodeCanonical(bytes) as [Bytes, Bytes];
    for (const signature of [
      sign(key.secret, "tillmesh/base/1", payload),
      sign(stranger.secret, "tillmesh/record/1", payload),
    ])
      expect(decodeRecord(encodeCanonical([payload, signature]))).toEqual({ type: "bad-signature" });
    expect(() =>
      encodeRecord({ ...record({ ...owner, series: 1, seq: 1, prev: firstPrev }, 1) }, stranger),
    ).toThrow("its own device");
  });

  test("rightly signed but with a body that is none of its kind is malformed", () => {
    const wrong = { ...record({ ...owner, series: 1, seq: 1, prev: firstPrev }, null), body: { amount: 1 } };
    expect(decodeRecord(encodeRecord(wrong as never, key).bytes)).toMatchObject({ type: "malformed" });
  });
});

describe("a journal", () => {
  const whole = chain(12);
  /** Another record in the place of one, rightly signed, so that only the chain can tell. */
  const other = (at: number, change: Partial<Place>, number?: number): Bytes => {
    const place = { ...whole.places[at]!, ...change };
    const bears = (at + 1) % 3 === 0;
    return encodeRecord(record(place, number ?? (bears ? (at + 1) / 3 : null)), key).bytes;
  };

  test("that is right ends where it ends, from any position", () => {
    fc.assert(
      fc.property(fc.nat(12), (cut) => {
        const first = checkJournal(owner, whole.bytes.slice(0, cut), undefined);
        if (first.type === "wrong") throw new Error(first.fault.type);
        const second = checkJournal(owner, whole.bytes.slice(cut), first.position);
        expect(second).toMatchObject({ type: "right", position: { series: 1, seq: 12, receiptNumber: 4 } });
      }),
      { numRuns: 13 },
    );
    expect(checkJournal(owner, [], undefined)).toEqual({ type: "right", records: [], position: undefined });
  });

  test("goes on in a new series from its first number", () => {
    const next = chain(4, key, store, 2);
    expect(checkJournal(owner, [...whole.bytes, ...next.bytes], undefined)).toMatchObject({
      type: "right",
      position: { series: 2, seq: 4, receiptNumber: 1 },
    });
  });

  type Damage = (bytes: Bytes[], at: number) => { readonly first: number; readonly type: string };
  const damages: Record<string, Damage> = {
    "a byte flipped": (bytes, at) => {
      bytes[at] = bytes[at]!.slice();
      bytes[at][bytes[at].length - 5]! ^= 4;
      return { first: at, type: "bad-signature" };
    },
    "two in each other's place": (bytes, at) => {
      [bytes[at], bytes[at + 1]] = [bytes[at + 1]!, bytes[at]!];
      return { first: at, type: "wrong-seq" };
    },
    "one dropped": (bytes, at) => {
      bytes.splice(at, 1);
      return { first: at, type: "wrong-seq" };
    },
    "one doubled": (bytes, at) => {
      bytes.splice(at, 0, bytes[at]!);
      return { first: at + 1, type: "wrong-seq" };
    },
    "one of another device": (bytes, at) => {
      bytes[at] = chain(12, stranger).bytes[at]!;
      return { first: at, type: "other-device" };
    },
    "one of another store": (bytes, at) => {
      bytes[at] = chain(12, key, "cd".repeat(16) as StoreId).bytes[at]!;
      return { first: at, type: "other-store" };
    },
    "one that follows another": (bytes, at) => {
      bytes[at] = other(at, { prev: "12".repeat(32) as HashHex });
      return { first: at, type: "wrong-prev" };
    },
    "one rewritten: the next no longer follows it": (bytes, at) => {
      bytes[at] = encodeRecord(
        { ...record(whole.places[at]!, (at + 1) % 3 === 0 ? (at + 1) / 3 : null), time: 5 },
        key,
      ).bytes;
      return { first: at + 1, type: "wrong-prev" };
    },
    "a receipt number that is not the next": (bytes, at) => {
      const bearer = at - (at % 3) + 2;
      bytes[bearer] = other(bearer, {}, (bearer + 1) / 3 + 1);
      return { first: bearer, type: "wrong-receipt-number" };
    },
    "an earlier series": (bytes, at) => {
      bytes.splice(0, bytes.length, ...chain(at + 1, key, store, 3).bytes, ...chain(2, key, store, 2).bytes);
      return { first: at + 1, type: "series-went-back" };
    },
  };

  test.each(Object.keys(damages))("names the first wrong record: %s", (name) => {
    for (let at = 1; at <= 10; at++) {
      const bytes = [...whole.bytes];
      const { first, type } = damages[name]!(bytes, at);
      for (const from of [undefined, startOfSeries(1)] satisfies (JournalPosition | undefined)[])
        expect(checkJournal(owner, bytes, from)).toMatchObject({
          type: "wrong",
          index: first,
          fault: { type },
        });
    }
  });

  test("whose first record says that nothing was before it is held to that", () => {
    const wrong = other(0, { prev: "12".repeat(32) as HashHex });
    expect(checkJournal(owner, [wrong], undefined)).toMatchObject({
      index: 0,
      fault: { type: "wrong-prev" },
    });
  });

  test("cut off at its beginning is right only where the beginning is not known", () => {
    expect(checkJournal(owner, whole.bytes.slice(4), undefined).type).toBe("right");
    expect(checkJournal(owner, whole.bytes.slice(4), startOfSeries(1))).toMatchObject({ index: 0 });
  });

  test("of bytes that are no records names the first of them", () => {
    expect(checkJournal(owner, [...whole.bytes, new Uint8Array()], undefined)).toMatchObject({
      index: 12,
      fault: { type: "malformed" },
    });
  });
});
