import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatsFor } from "./formats.ts";
import { parseMoneyEntry, parsePercentEntry, parseQuantityEntry } from "./parse-entry.ts";

describe("money that is keyed", () => {
  it.each([
    ["499", 2, 499],
    ["4.99", 2, 499],
    ["4,9", 2, 490],
    ["5.", 2, 500],
    [".5", 2, 50],
    ["499", 0, 499],
    ["1.234", 3, 1_234],
  ])("%s with %i digits is %i", (text, digits, minor) => {
    expect(parseMoneyEntry(text, digits)).toBe(minor);
  });

  it.each(["", ".", "1.2.3", "4.999", "-1", "1e3", "abc"])("%j is no amount", (text) => {
    expect(parseMoneyEntry(text, 2)).toBeNull();
  });

  it("reads back what a field for it shows", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 99_999_999 }),
        fc.constantFrom(0, 2, 3),
        (minor, currencyDigits) => {
          const currency = currencyDigits === 0 ? "JPY" : currencyDigits === 3 ? "KWD" : "EUR";
          const formats = formatsFor("en", { currency, currencyDigits, timeZone: "UTC" });
          expect(parseMoneyEntry(formats.plainMoney(minor), currencyDigits)).toBe(minor);
        },
      ),
    );
  });
});

it.each([
  ["3", 3_000],
  ["0.45", 450],
  ["1,5", 1_500],
  [".125", 125],
  ["", null],
  ["1.2345", null],
  ["-2", null],
])("a quantity %j is %j thousandths", (text, milli) => {
  expect(parseQuantityEntry(text)).toBe(milli);
});

it.each([
  ["10", 1_000],
  ["12.5", 1_250],
  ["100", 10_000],
  ["0", null],
  ["101", null],
  ["", null],
])("a percentage %j is %j hundredths", (text, basisPoints) => {
  expect(parsePercentEntry(text)).toBe(basisPoints);
});
