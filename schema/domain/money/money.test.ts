import { readFileSync } from "node:fs";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { allocate } from "./allocate.ts";
import { roundCash } from "./cash-rounding.ts";
import { currencyCodes, currencyOf, isCurrencyCode } from "./currency.ts";
import { formatDecimal, formatMilli, formatPercentPpm, parseDecimal } from "./decimal.ts";
import {
  type RoundingRule,
  add,
  compare,
  divide,
  fraction,
  multiply,
  reduce,
  round,
  subtract,
} from "./rational.ts";

const fixtures = new URL("../../../fixtures/currency/", import.meta.url);

type Facts = Readonly<Record<string, string>>;

describe("currencies", () => {
  test("are those of ISO 4217 list one that have minor units, with its digits", () => {
    const xml = readFileSync(new URL("iso-4217-list-one.xml", fixtures), "utf8");
    const digits = new Map<string, number>();
    for (const [entry] of xml.matchAll(/<CcyNtry>[^]*?<\/CcyNtry>/g)) {
      const code = /<Ccy>(\w+)<\/Ccy>/.exec(entry)?.[1];
      const units = /<CcyMnrUnts>(\d+)<\/CcyMnrUnts>/.exec(entry)?.[1];
      if (code !== undefined && units !== undefined) digits.set(code, Number(units));
    }
    expect(digits.size).toBeGreaterThan(150);
    expect(Object.fromEntries(currencyCodes.map((code) => [code, currencyOf(code).digits]))).toEqual(
      Object.fromEntries(digits),
    );
    expect([
      isCurrencyCode("EUR"),
      isCurrencyCode("XXX"),
      isCurrencyCode("DEM"),
      isCurrencyCode("toString"),
    ]).toEqual([true, false, false, false]);
  });

  test("are rounded in cash as CLDR has it", () => {
    const file: { supplemental: { currencyData: { fractions: Readonly<Record<string, Facts>> } } } =
      JSON.parse(readFileSync(new URL("currencyData.json", fixtures), "utf8"));
    for (const code of currencyCodes) {
      const { digits, cashStepMinor } = currencyOf(code);
      const facts = file.supplemental.currencyData.fractions[code] ?? {};
      const cashDigits = Number(facts["_cashDigits"] ?? facts["_digits"] ?? digits);
      const step = (Number(facts["_cashRounding"] ?? 0) || 1) * 10 ** (digits - cashDigits);
      expect([code, cashStepMinor]).toEqual([code, Math.max(1, step)]);
    }
    expect([currencyOf("CHF"), currencyOf("SEK"), currencyOf("EUR")].map((one) => one.cashStepMinor)).toEqual(
      [5, 100, 1],
    );
  });
});

describe("decimal text", () => {
  test("what is written is read again", () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), fc.nat(6), (value, digits) => {
        expect(parseDecimal(formatDecimal(value, digits), digits)).toEqual({
          ok: true,
          value: value === 0 ? 0 : value,
        });
      }),
    );
  });

  test.each([
    ["12.5", 2, 1250],
    [" 3 ", 2, 300],
    [".5", 3, 500],
    ["-0.00", 2, 0],
    ["7.", 0, 7],
    ["1.500", 1, 15],
    ["+4.20", 2, 420],
  ])("%j with %i digits is %i", (text, digits, value) => {
    expect(parseDecimal(text, digits)).toEqual({ ok: true, value });
  });

  test.each([
    ["", "not-a-number"],
    [".", "not-a-number"],
    ["1,50", "not-a-number"],
    ["1e3", "not-a-number"],
    ["0x10", "not-a-number"],
    ["--1", "not-a-number"],
    ["1.234", "too-many-digits"],
    ["99999999999999999", "too-large"],
  ])("%j is refused: %s", (text, type) => {
    expect(parseDecimal(text, 2)).toMatchObject({ ok: false, problem: { type } });
  });

  test("any text is either read or refused", () => {
    fc.assert(
      fc.property(fc.string(), fc.nat(4), (text, digits) => {
        const result = parseDecimal(text, digits);
        expect(result.ok ? Number.isSafeInteger(result.value) : result.problem.type !== undefined).toBe(true);
      }),
    );
  });

  test("quantities and rates lose their needless zeros", () => {
    expect([1000, 1250, 100_000, 0, -532].map(formatMilli)).toEqual(["1", "1.25", "100", "0", "-0.532"]);
    expect([190_000, 55_000, 99_750, 0, 1_000_000].map(formatPercentPpm)).toEqual([
      "19",
      "5.5",
      "9.975",
      "0",
      "100",
    ]);
  });
});

const rational = fc
  .tuple(fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }), fc.bigInt({ min: 1n, max: 10n ** 9n }))
  .map(([num, den]) => fraction(num, den));

describe("fractions", () => {
  test("obey the laws of arithmetic", () => {
    fc.assert(
      fc.property(rational, rational, rational, (a, b, c) => {
        expect(compare(multiply(a, add(b, c)), add(multiply(a, b), multiply(a, c)))).toBe(0);
        expect(compare(subtract(add(a, b), b), a)).toBe(0);
        expect(compare(reduce(a), a)).toBe(0);
        fc.pre(b.num !== 0n);
        expect(compare(multiply(divide(a, b), b), a)).toBe(0);
      }),
    );
  });

  // Java's documentation of java.math.RoundingMode (HALF_UP, HALF_EVEN, UP, DOWN), the table of its summary.
  test.each<[RoundingRule, number[]]>([
    ["half-up", [6, 3, 2, 1, 1, -1, -1, -2, -3, -6]],
    ["half-even", [6, 2, 2, 1, 1, -1, -1, -2, -2, -6]],
    ["up", [6, 3, 2, 2, 1, -1, -2, -2, -3, -6]],
    ["down", [5, 2, 1, 1, 1, -1, -1, -1, -2, -5]],
  ])("round %s", (rule, expected) => {
    const tenths = [55, 25, 16, 11, 10, -10, -11, -16, -25, -55];
    expect(tenths.map((value) => round(fraction(value, 10), rule))).toEqual(expected);
  });

  test("rounding to a step stays within it, and turns with the sign", () => {
    const cash = fc.record({
      stepMinor: fc.integer({ min: 1, max: 1000 }),
      rule: fc.constantFrom<RoundingRule>("half-up", "half-even", "up", "down"),
    });
    fc.assert(
      fc.property(fc.integer(), cash, (amount, rounding) => {
        const rounded = roundCash(amount, rounding);
        expect(Math.abs(rounded % rounding.stepMinor)).toBe(0);
        expect(Math.abs(rounded - amount)).toBeLessThan(rounding.stepMinor);
        expect(roundCash(0 - amount, rounding)).toBe(0 - rounded);
      }),
    );
  });
});

describe("allocation", () => {
  const weights = fc.array(fc.nat(1_000_000), { minLength: 1, maxLength: 12 });

  test("adds up, is within one unit of the exact share, and gives nothing for no weight", () => {
    fc.assert(
      fc.property(fc.integer({ min: -1e12, max: 1e12 }), weights, (amount, weights) => {
        const parts = allocate(amount, weights);
        const total = weights.reduce((a, b) => a + b, 0);
        expect(parts.reduce((a, b) => a + b, 0)).toBe(amount);
        fc.pre(total > 0);
        for (const [at, part] of parts.entries()) {
          const difference = BigInt(part) * BigInt(total) - BigInt(amount) * BigInt(weights[at]!);
          expect(difference < BigInt(total) && difference > -BigInt(total)).toBe(true);
          expect(weights[at] === 0 ? part : 0).toBe(0);
        }
      }),
    );
  });

  test("keeps within its room whatever the weights", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(1000), fc.nat(1000)), { minLength: 1, maxLength: 8 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (pairs, share) => {
          const room = pairs.map(([, room]) => room);
          const amount = Math.floor(room.reduce((a, b) => a + b, 0) * share);
          const parts = allocate(
            amount,
            pairs.map(([weight]) => weight),
            room,
          );
          expect(parts.reduce((a, b) => a + b, 0)).toBe(amount);
          expect(parts.every((part, at) => part >= 0 && part <= room[at]!)).toBe(true);
        },
      ),
    );
  });

  test("of ten cents by three equal weights: the earlier gets the odd one", () => {
    expect(allocate(10, [1, 1, 1])).toEqual([4, 3, 3]);
    expect(allocate(-10, [1, 1, 1])).toEqual([-4, -3, -3]);
    expect(() => allocate(10, [1], [9])).toThrow(RangeError);
  });
});
