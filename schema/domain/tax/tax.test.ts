import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { add, compare, fraction, multiply, subtract, whole, zero } from "../money/rational.ts";
import { exactTaxes, taxFormula } from "./exact-taxes.ts";
import { roundTaxes } from "./round-taxes.ts";
import type { Tax, TaxRounding } from "./tax.ts";

const tax = fc
  .record({
    percent: fc.boolean(),
    rate: fc.integer({ min: 0, max: 400_000 }),
    included: fc.boolean(),
    inLaterBase: fc.boolean(),
    onPriceOnly: fc.boolean(),
  })
  .map(({ percent, rate, onPriceOnly, ...rest }): Tax => {
    const common = { id: "", name: "", ...rest };
    return percent
      ? { ...common, kind: "percent", ratePpm: rate, onPriceOnly }
      : { ...common, kind: "fixed", perUnitMinor: rate % 100 };
  });
const taxes = fc
  .array(tax, { maxLength: 5 })
  .map((list) => list.map((one, at): Tax => ({ ...one, id: `t${at}`, name: `t${at}` })));

test("exact taxes: net and included taxes are the price, and each tax is its rate of its base", () => {
  fc.assert(
    fc.property(
      taxes,
      fc.integer({ min: 20_000, max: 1e9 }),
      fc.integer({ min: 1, max: 20_000 }),
      (taxes, price, milli) => {
        const exact = exactTaxes(taxFormula(taxes), whole(price), milli);
        let sum = exact.net;
        let later = exact.net;
        for (const [at, tax] of taxes.entries()) {
          const amount = exact.taxes[at]!;
          const base = tax.kind === "percent" && tax.onPriceOnly === true ? exact.net : later;
          const expected =
            tax.kind === "fixed"
              ? fraction(tax.perUnitMinor * milli, 1000)
              : multiply(base, fraction(tax.ratePpm, 1_000_000));
          expect(compare(amount, expected)).toBe(0);
          if (tax.inLaterBase === true) later = add(later, amount);
          if (tax.included) sum = add(sum, amount);
        }
        expect(compare(sum, whole(price))).toBe(0);
      },
    ),
  );
});

describe("rounded taxes", () => {
  const rounding = fc.record({
    stepMinor: fc.constantFrom(1, 5, 10),
    rule: fc.constantFrom<TaxRounding["rule"]>("half-up", "half-even", "up", "down"),
  });
  const goods = fc.array(fc.tuple(taxes, fc.nat(100_000), fc.integer({ min: 1, max: 5000 })), {
    minLength: 1,
    maxLength: 5,
  });

  test("per document: each tax is off its exact sum by less than a step, unless the price is used up", () => {
    fc.assert(
      fc.property(
        taxes,
        fc.array(fc.integer({ min: 10_000, max: 200_000 }), { minLength: 1 }),
        rounding,
        (taxes, prices, rule) => {
          const formula = taxFormula(taxes);
          const taxables = prices.map((priceMinor) => ({
            priceMinor,
            taxes,
            exact: exactTaxes(formula, whole(priceMinor), 1000),
          }));
          const rounded = roundTaxes(taxables, { ...rule, per: "document" });
          for (const index of taxes.keys()) {
            const exact = taxables.reduce((sum, one) => add(sum, one.exact.taxes[index]!), zero);
            const difference = subtract(whole(rounded.reduce((sum, one) => sum + one[index]!, 0)), exact);
            expect(compare(multiply(difference, difference), whole(rule.stepMinor ** 2))).toBeLessThan(0);
          }
        },
      ),
    );
  });

  test("included taxes never come to more than the price, either way", () => {
    fc.assert(
      fc.property(
        goods,
        rounding,
        fc.constantFrom<TaxRounding["per"]>("line", "document"),
        (goods, rule, per) => {
          const taxables = goods.map(([taxes, priceMinor, milli]) => ({
            priceMinor,
            taxes,
            exact: exactTaxes(taxFormula(taxes), whole(priceMinor), milli),
          }));
          for (const [at, amounts] of roundTaxes(taxables, { ...rule, per }).entries()) {
            const { taxes, priceMinor } = taxables[at]!;
            const included = amounts.filter((_, index) => taxes[index]!.included).reduce((a, b) => a + b, 0);
            expect(included).toBeLessThanOrEqual(priceMinor);
            expect(amounts.every((amount) => amount >= 0)).toBe(true);
          }
        },
      ),
    );
  });
});
