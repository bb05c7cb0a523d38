import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { currencyCodes } from "../money/currency.ts";
import { quickCash } from "./quick-cash.ts";
import { type Tender, type TenderRules, refuseTender, settle } from "./settle.ts";

const methods: TenderRules["tenderMethods"] = [
  { id: "cash", name: "Cash", kind: "cash" },
  { id: "card", name: "Card", kind: "card" },
  { id: "voucher", name: "Voucher", kind: "other", givesChange: true },
];

const rules: fc.Arbitrary<TenderRules> = fc.record({
  tenderMethods: fc.constant(methods),
  cashRounding: fc.record({
    stepMinor: fc.constantFrom(1, 5, 10, 50, 100),
    rule: fc.constantFrom("half-up" as const, "half-even" as const, "up" as const, "down" as const),
  }),
});

const tender = fc.record({
  method: fc.constantFrom("cash", "card", "voucher"),
  amountMinor: fc.integer({ min: -3000, max: 6000 }),
});
const totals = fc.integer({ min: -3000, max: 6000 });

/** Takes what is not refused, as a till does. */
function takeAll(total: number, offered: readonly Tender[], rules: TenderRules): Tender[] {
  const taken: Tender[] = [];
  for (const next of offered) if (refuseTender(total, taken, next, rules) === null) taken.push(next);
  return taken;
}

const sum = (tenders: readonly Tender[]): number => tenders.reduce((all, one) => all + one.amountMinor, 0);

describe("settling", () => {
  test("what was taken less the change is the total and its rounding", () => {
    fc.assert(
      fc.property(totals, fc.array(tender, { maxLength: 5 }), rules, (total, tenders, rules) => {
        const settled = settle(total, tenders, rules);
        const left = settled.paid ? 0 : settled.dueMinor;
        expect(sum(tenders) - settled.changeMinor + left).toBe(total + settled.roundingMinor);
        expect(settled.changeMinor).toBeGreaterThanOrEqual(0);
        expect(Math.abs(settled.roundingMinor)).toBeLessThan(rules.cashRounding.stepMinor);
      }),
      { numRuns: 500 },
    );
  });

  test("does not depend on the order of tenders", () => {
    const shuffled = fc
      .array(tender, { maxLength: 5 })
      .chain((list) => fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })));
    fc.assert(
      fc.property(totals, shuffled, rules, (total, [one, other], rules) => {
        expect(settle(total, other, rules)).toEqual(settle(total, one, rules));
      }),
    );
  });

  test("what a till takes one by one never leaves it owing, nor the customer overpaid by card", () => {
    fc.assert(
      fc.property(totals, fc.array(tender, { maxLength: 8 }), rules, (total, offered, rules) => {
        const taken = takeAll(total, offered, rules);
        const settled = settle(total, taken, rules);
        const left = settled.paid ? 0 : settled.dueMinor;
        expect(left * Math.sign(total)).toBeGreaterThanOrEqual(0);
        const card = taken.filter((one) => one.method === "card");
        expect(sum(card) * Math.sign(total)).toBeLessThanOrEqual(Math.abs(total));
        expect(total <= 0 ? settled.changeMinor : 0).toBe(0);
      }),
      { numRuns: 500 },
    );
  });

  test("whatever is due can be settled by that much cash, or that much card", () => {
    fc.assert(
      fc.property(totals, fc.array(tender, { maxLength: 4 }), rules, (total, offered, rules) => {
        const taken = takeAll(total, offered, rules);
        const before = settle(total, taken, rules);
        fc.pre(!before.paid);
        for (const last of [
          { method: "cash", amountMinor: before.dueCashMinor },
          { method: "card", amountMinor: before.dueMinor },
        ]) {
          expect(refuseTender(total, taken, last, rules)).toBeNull();
          expect(settle(total, [...taken, last], rules)).toMatchObject({ paid: true, changeMinor: 0 });
        }
      }),
      { numRuns: 500 },
    );
  });

  test("an even exchange is paid; one in the customer's favour is paid out", () => {
    const plain: TenderRules = { tenderMethods: methods, cashRounding: { stepMinor: 1, rule: "half-up" } };
    expect(settle(0, [], plain)).toMatchObject({ paid: true, dueMinor: 0 });
    expect(settle(-250, [], plain)).toMatchObject({ paid: false, dueMinor: -250, dueCashMinor: -250 });
    expect(refuseTender(-250, [], { method: "cash", amountMinor: 250 }, plain)).toEqual({
      type: "wrong-direction",
      dueMinor: -250,
    });
    expect(refuseTender(-250, [], { method: "cash", amountMinor: -300 }, plain)).toEqual({
      type: "over-tender",
      dueMinor: -250,
    });
    expect(refuseTender(-250, [], { method: "cash", amountMinor: -250 }, plain)).toBeNull();
    expect(settle(-250, [{ method: "cash", amountMinor: -250 }], plain).paid).toBe(true);
    expect(refuseTender(100, [], { method: "gold", amountMinor: 1 }, plain)).toEqual({
      type: "unknown-method",
      method: "gold",
    });
    expect(refuseTender(0, [], { method: "cash", amountMinor: 1 }, plain)).toEqual({ type: "already-paid" });
  });

  test("a card that took too much stays due, below zero, until it is given back", () => {
    const plain: TenderRules = { tenderMethods: methods, cashRounding: { stepMinor: 1, rule: "half-up" } };
    const card = { method: "card", amountMinor: 1000 };
    expect(settle(600, [card], plain)).toMatchObject({ paid: false, dueMinor: -400 });
    expect(settle(600, [card, { method: "card", amountMinor: -400 }], plain).paid).toBe(true);
  });
});

describe("quick cash", () => {
  test("begins with what is due, ascends, and each amount settles it", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 10_000_000 }),
        fc.constantFrom(...currencyCodes),
        (due, currency) => {
          const amounts = quickCash(due, currency);
          expect(amounts[0]).toBe(due);
          expect(amounts.length).toBeLessThanOrEqual(4);
          expect(amounts.every((amount, at) => at === 0 || amount > amounts[at - 1]!)).toBe(true);
        },
      ),
    );
  });

  test("suggests the notes people have", () => {
    expect(quickCash(1234, "EUR")).toEqual([1234, 1500, 2000, 5000]);
    expect(quickCash(450, "EUR")).toEqual([450, 500, 1000, 2000]);
    expect(quickCash(18_730, "EUR")).toEqual([18_730, 18_800, 19_000, 20_000]);
    expect(quickCash(0, "EUR")).toEqual([]);
    expect(quickCash(4500, "JPY")).toEqual([4500, 5000, 10_000]);
  });
});
