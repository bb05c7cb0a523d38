import * as fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { type DeviceId, type StoreId, toHex } from "../bytes.ts";
import { decodeCanonical, encodeCanonical } from "../canonical.ts";
import { type SigningKey, cryptoReady, signingKeyFromSeed } from "./crypto.ts";
import {
  type Enrolment,
  decodeEnrolment,
  encodeEnrolment,
  openEnrolment,
  signEnrolment,
  verifyEnrolment,
} from "./enrolment.ts";

let root: SigningKey;
let other: SigningKey;
beforeAll(async () => {
  await cryptoReady;
  root = signingKeyFromSeed(new Uint8Array(32).fill(1));
  other = signingKeyFromSeed(new Uint8Array(32).fill(2));
});

const hex = (length: number) => fc.uint8Array({ minLength: length, maxLength: length }).map(toHex);
const enrolments: fc.Arbitrary<Enrolment> = fc.record({
  v: fc.constant(1 as const),
  store: hex(16).map((text) => text as StoreId),
  device: hex(32).map((text) => text as DeviceId),
  series: fc.integer({ min: 1, max: 1e9 }),
  label: fc.string({ minLength: 1, maxLength: 60 }).filter((text) => !/[\ud800-\udfff]/.test(text)),
  role: fc.constantFrom("till" as const, "reader" as const),
  time: fc.integer({ min: 0, max: 4e12 }),
});

describe("an enrolment", () => {
  test("is read back as it was written, and is valid under the root key alone", () => {
    fc.assert(
      fc.property(enrolments, (enrolment) => {
        expect(decodeEnrolment(encodeEnrolment(enrolment))).toEqual(enrolment);
        const signed = signEnrolment(root, enrolment);
        expect(verifyEnrolment(signed, root.publicKey)).toEqual({ type: "valid", enrolment });
        expect(verifyEnrolment(signed, other.publicKey)).toEqual({ type: "wrong-signer" });
      }),
      { numRuns: 30 },
    );
  });

  test("is refused when any one byte differs", () => {
    const [enrolment] = fc.sample(enrolments, { numRuns: 1, seed: 7 });
    const signed = signEnrolment(root, enrolment!);
    for (let at = 0; at < signed.length; at++) {
      const changed = signed.slice();
      changed[at]! ^= 1;
      expect(verifyEnrolment(changed, root.publicKey).type).not.toBe("valid");
    }
  });

  test("is refused when it is anything but an enrolment", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        expect(verifyEnrolment(bytes, root.publicKey).type).toBe("malformed");
      }),
    );
    const [enrolment] = fc.sample(enrolments, { numRuns: 1, seed: 8 });
    for (const wrong of [{ series: 0 }, { label: "" }, { label: "x".repeat(61) }, { time: -1 }])
      expect(() => encodeEnrolment({ ...enrolment!, ...wrong })).toThrow(RangeError);
    const body = decodeCanonical(encodeEnrolment(enrolment!)) as Record<string, string>;
    expect(decodeEnrolment(encodeCanonical({ ...body, role: "officer" }))).toBeUndefined();
    expect(decodeEnrolment(encodeCanonical({ ...body, more: 1 }))).toBeUndefined();
  });

  test("signed for another purpose by the same key does not pass", () => {
    const [enrolment] = fc.sample(enrolments, { numRuns: 1, seed: 9 });
    const opened = openEnrolment(signEnrolment(root, enrolment!));
    if (opened.type !== "opened") throw new Error(opened.type);
    const relabelled = encodeCanonical({
      body: encodeEnrolment({ ...enrolment!, series: enrolment!.series + 1 }),
      by: opened.by,
      signature: opened.signature,
    });
    expect(openEnrolment(relabelled)).toEqual({ type: "bad-signature" });
  });
});
