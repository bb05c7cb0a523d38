import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { checkDigit, endsInCheckDigit, priceVerifier, withCheckDigit } from "./check-digit.ts";

const digits = (length: number) =>
  fc
    .array(fc.integer({ min: 0, max: 9 }), { minLength: length, maxLength: length })
    .map((all) => all.join(""));

describe("check digits", () => {
  // GS1 General Specifications 7.9.1 (the SSCC 376104250021234569) and 7.9.3, 7.9.4; the rest from the tests of
  // biip (github.com/jodal/biip, tests/test_checksums.py).
  test.each([
    ["37610425002123456", 9],
    ["629104150021", 3],
    ["703801005447", 1],
    ["950110153100", 0],
    ["978820551237", 5],
    ["9501234", 6],
  ])("of %s is %i", (text, digit) => {
    expect(checkDigit(text)).toBe(digit);
  });

  test.each([
    ["2875", 9],
    ["14685", 6],
    ["0000", 0],
    ["00000", 0],
  ])("verifier of price %s is %i", (text, digit) => {
    expect(priceVerifier(text)).toBe(digit);
  });

  test("there is a verifier for four and five digits only", () => {
    expect(priceVerifier("123")).toBeUndefined();
    expect(priceVerifier("123456")).toBeUndefined();
    expect(priceVerifier("12a4")).toBeUndefined();
  });

  test("any single wrong digit is seen", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(7, 11, 12, 13, 17).chain(digits),
        fc.nat(),
        fc.integer({ min: 1, max: 9 }),
        (body, where, by) => {
          const code = withCheckDigit(body);
          expect(endsInCheckDigit(code)).toBe(true);
          const at = where % code.length;
          const wrong = code.slice(0, at) + ((Number(code[at]) + by) % 10) + code.slice(at + 1);
          expect(endsInCheckDigit(wrong)).toBe(false);
        },
      ),
    );
  });

  test("any single wrong digit of a measure is seen by its verifier", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(4, 5).chain(digits),
        fc.nat(),
        fc.integer({ min: 1, max: 9 }),
        (measure, where, by) => {
          const at = where % measure.length;
          const wrong = measure.slice(0, at) + ((Number(measure[at]) + by) % 10) + measure.slice(at + 1);
          expect(priceVerifier(wrong)).not.toBe(priceVerifier(measure));
        },
      ),
    );
  });
});
