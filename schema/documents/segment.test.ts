import { deflateRawSync, inflateRawSync } from "node:zlib";
import { randomBytes } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Bytes, HashHex, StoreId } from "../bytes.ts";
import { type SymmetricKey, cryptoReady, hashHex, signingKeyFromSeed } from "../trust/crypto.ts";
import { type Base, decodeBase, describeBase, encodeBase, newestBase } from "./base.ts";
import type { Compressor } from "./compressor.ts";
import { openSegment, sealSegment } from "./segment.ts";
import { decodeBalances, encodeBalances } from "./stock-balances.ts";

await cryptoReady;
const random = (length: number): Bytes => new Uint8Array(randomBytes(length));
const compressor: Compressor = {
  deflate: (bytes) => new Uint8Array(deflateRawSync(bytes)),
  inflate: (bytes, maxBytes) => new Uint8Array(inflateRawSync(bytes, { maxOutputLength: maxBytes })),
};
const key = signingKeyFromSeed(new Uint8Array(32).fill(1));

function base(change: Partial<Omit<Base, "generation">> = {}): Base {
  return describeBase({
    ...{ store: "ab".repeat(16) as StoreId, kind: "prices", time: 1000, device: key.device, items: 3 },
    segments: [
      {
        hash: "01".repeat(32) as HashHex,
        key: new Uint8Array(32).fill(3) as Bytes as SymmetricKey,
        bytes: 10,
      },
    ],
    contains: { kind: "prices", after: null, heads: ["bb", "aa"] },
    ...change,
  });
}

test("a segment opens with its own key and name alone, whatever it holds", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 2000 }), (plain) => {
      const { ref, sealed } = sealSegment(plain, compressor, random);
      expect(ref).toMatchObject({ hash: hashHex(sealed), bytes: sealed.length });
      expect(openSegment(ref, sealed, compressor)).toEqual(plain);
    }),
  );
  const one = sealSegment(new Uint8Array([1, 2, 3]), compressor, random);
  const two = sealSegment(new Uint8Array([1, 2, 3]), compressor, random);
  expect(one.ref.hash).not.toBe(two.ref.hash);
  expect(openSegment(one.ref, two.sealed, compressor)).toEqual({ type: "other-bytes" });
  expect(openSegment({ ...one.ref, key: two.ref.key }, one.sealed, compressor)).toEqual({
    type: "does-not-open",
  });
  for (let at = 0; at < one.sealed.length; at++) {
    const wrong = one.sealed.slice();
    wrong[at]! ^= 1;
    expect(openSegment(one.ref, wrong, compressor)).toEqual({ type: "other-bytes" });
    expect(openSegment({ ...one.ref, hash: hashHex(wrong) }, wrong, compressor)).toEqual({
      type: "does-not-open",
    });
  }
});

test("what was sealed and is no deflated bytes, or inflates without end, is refused", () => {
  const plainly: Compressor = { ...compressor, deflate: (bytes) => bytes };
  const { ref, sealed } = sealSegment(new Uint8Array([255, 255]), plainly, random);
  expect(openSegment(ref, sealed, compressor)).toEqual({ type: "does-not-inflate" });
  const bomb = sealSegment(new Uint8Array((64 << 20) + 1), compressor, random);
  expect(openSegment(bomb.ref, bomb.sealed, compressor)).toEqual({ type: "does-not-inflate" });
});

test("a manifest is read as it was written; any flipped byte makes it none", () => {
  const stock = base({
    kind: "stock",
    contains: {
      kind: "stock",
      positions: [{ device: key.device, series: 2, seq: 17, hash: "02".repeat(32) as HashHex }],
    },
  });
  for (const one of [base(), stock]) {
    const { bytes, id } = encodeBase(one, key);
    expect(id).toMatch(/^[0-9a-f]{32}$/);
    const read = decodeBase(bytes)!;
    expect(encodeBase(read, key).bytes).toEqual(bytes);
    expect(read.segments).toEqual(one.segments);
    for (let at = 0; at < bytes.length; at++) {
      const wrong = bytes.slice();
      wrong[at]! ^= 1;
      expect(decodeBase(wrong), `byte ${at}`).toBeUndefined();
    }
  }
  fc.assert(fc.property(fc.anything(), (any) => decodeBase(any) === undefined));
  const stranger = signingKeyFromSeed(new Uint8Array(32).fill(2));
  expect(decodeBase(encodeBase(base(), stranger).bytes)).toBeUndefined();
});

test("a generation names the content and what it contains, not who published it when", () => {
  expect(base({ time: 5 }).generation).toBe(base().generation);
  expect(base({ contains: { kind: "prices", after: null, heads: ["aa", "bb"] } }).generation).toBe(
    base().generation,
  );
  for (const change of [
    { items: 4 },
    { contains: { kind: "prices", after: null, heads: ["aa"] } },
    { contains: { kind: "prices", after: "cc", heads: ["aa", "bb"] } },
    { segments: [] },
  ] as const)
    expect(base(change).generation).not.toBe(base().generation);
});

test("which base counts does not depend on the order in which they came", () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ time: fc.nat(3), items: fc.nat(5), kind: fc.constantFrom("prices", "stock") }), {
        maxLength: 8,
      }),
      fc.infiniteStream(fc.nat(1000)),
      (specs, numbers) => {
        const bases = specs.map(({ kind, ...rest }) =>
          base({ ...rest, kind, ...(kind === "stock" ? { contains: { kind, positions: [] } } : {}) }),
        );
        const shuffled = bases
          .map((one) => ({ one, at: numbers.next().value as number }))
          .toSorted((a, b) => a.at - b.at)
          .map(({ one }) => one);
        for (const kind of ["prices", "stock"] as const) {
          const newest = newestBase(bases, kind);
          expect(newestBase(shuffled, kind)?.generation).toBe(newest?.generation);
          const times = bases.filter((one) => one.kind === kind).map((one) => one.time);
          expect(newest?.time).toBe(times.length === 0 ? undefined : Math.max(...times));
        }
      },
    ),
  );
});

test("balances are read as they were written, and nothing else is balances", () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string({ minLength: 1 }), fc.maxSafeInteger()), (balances) => {
      const map = new Map(Object.entries(balances));
      expect(new Map(decodeBalances(encodeBalances(map)))).toEqual(map);
    }),
  );
  fc.assert(
    fc.property(fc.uint8Array(), (any) => {
      const read = decodeBalances(any);
      expect(read === undefined || encodeBalances(read).length === any.length).toBe(true);
    }),
  );
});
