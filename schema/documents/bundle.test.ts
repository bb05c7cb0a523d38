import { randomBytes } from "node:crypto";
import { deflateRawSync, inflateRawSync } from "node:zlib";
import { expect, test } from "vitest";
import type { StoreId } from "../bytes.ts";
import { encodeCanonical } from "../canonical.ts";
import { cryptoReady, newSymmetricKey, seal } from "../trust/crypto.ts";
import { firstEpochKeys, keyedHead, keyedName, maxBundleBytes, openBundle, sealBundle } from "./bundle.ts";
import type { Compressor } from "./compressor.ts";
import { documentName } from "./names.ts";

await cryptoReady;

const random = (length: number): Uint8Array => new Uint8Array(randomBytes(length));
const compressor: Compressor = {
  deflate: (bytes) => new Uint8Array(deflateRawSync(bytes)),
  inflate: (bytes, maxBytes) => new Uint8Array(inflateRawSync(bytes, { maxOutputLength: maxBytes })),
};
const store = "0".repeat(32) as StoreId;
const other = "1".repeat(32) as StoreId;
const epochKey = newSymmetricKey(random);
const keys = firstEpochKeys(epochKey);
const name = documentName({ store, kind: "store" });
const bundle = { docs: [{ name, chunks: [random(50), random(0)], whole: false, signatures: [random(64)] }] };

/** Any plaintext, sealed as a bundle of the store is. */
function sealPlain(plain: Uint8Array): Uint8Array {
  return seal(epochKey, plain, encodeCanonical(["tillmesh/bundle/1", store, 1]), random);
}

test("what was sealed opens, in this store and epoch alone", () => {
  const { epoch, bytes } = sealBundle(bundle, store, keys, compressor, random);
  expect(openBundle(bytes, epoch, store, keys, compressor)).toEqual({ type: "opened", bundle });
  expect(openBundle(bytes, 2, store, keys, compressor)).toEqual({ type: "no-key" });
  expect(openBundle(bytes, epoch, other, keys, compressor)).toEqual({ type: "foreign" });
  const strange = firstEpochKeys(newSymmetricKey(random));
  expect(openBundle(bytes, epoch, store, strange, compressor)).toEqual({ type: "foreign" });
  for (let i = 0; i < bytes.length; i += 7) {
    const damaged = bytes.slice();
    damaged[i]! ^= 1;
    expect(openBundle(damaged, epoch, store, keys, compressor).type).toBe("foreign");
  }
});

test("rightly sealed nonsense is malformed, and a bomb does not go off", () => {
  const foreignName = documentName({ store: other, kind: "store" });
  const nonsense = [
    random(20),
    compressor.deflate(random(20)),
    compressor.deflate(encodeCanonical({ v: 2, docs: [] })),
    compressor.deflate(encodeCanonical({ v: 1, docs: [{ name: "x", chunks: [], whole: true }] })),
    compressor.deflate(encodeCanonical({ v: 1, docs: [{ name: foreignName, chunks: [], whole: true }] })),
    compressor.deflate(new Uint8Array(maxBundleBytes + 1)),
  ];
  for (const plain of nonsense)
    expect(openBundle(sealPlain(plain), 1, store, keys, compressor).type).toBe("malformed");
});

test("keyed names and heads say nothing without the key, and are the same for whoever has it", () => {
  const again = firstEpochKeys(epochKey);
  const strange = firstEpochKeys(newSymmetricKey(random));
  const head = "ab".repeat(32);
  expect(keyedName(again.names, name)).toEqual(keyedName(keys.names, name));
  expect(keyedHead(again.names, head)).toEqual(keyedHead(keys.names, head));
  expect(keyedName(strange.names, name)).not.toEqual(keyedName(keys.names, name));
  expect(keyedHead(strange.names, head)).not.toEqual(keyedHead(keys.names, head));
});
