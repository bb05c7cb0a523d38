import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { computeCart } from "../cart/cart-totals.ts";
import type { CartLine, LineAmounts } from "../cart/cart.ts";
import { refundExcess, refuseVoid } from "./refund-excess.ts";
import { type ReturnedPart, type SoldLine, returnShare, returnableMilli } from "./return-share.ts";

/** Net, taxes and discounts of any line that could have been sold. */
const amounts: fc.Arbitrary<LineAmounts> = fc
  .record({
    net: fc.nat(20_000),
    included: fc.nat(4000),
    fixed: fc.nat(50),
    excluded: fc.nat(4000),
    exempted: fc.constantFrom(0, 0, 190),
    discount: fc.nat(3000),
    cart: fc.nat(3000),
  })
  .map(({ net, included, fixed, excluded, exempted, discount, cart }) => ({
    grossMinor: net + included + fixed + exempted + discount + cart,
    discountMinor: discount,
    cartDiscountMinor: cart,
    exemptedMinor: exempted,
    netMinor: net,
    taxes: [
      { taxId: "v", ratePpm: 190_000, included: true, baseMinor: net, taxMinor: included },
      { taxId: "f", ratePpm: null, included: true, baseMinor: net + included, taxMinor: fixed },
      { taxId: "s", ratePpm: 88_750, included: false, baseMinor: net, taxMinor: excluded },
    ],
    totalMinor: net + included + fixed + excluded,
  }));

const quantityMilli = fc.oneof(
  fc.integer({ min: 1, max: 9 }).map((pieces) => pieces * 1000),
  fc.integer({ min: 1, max: 4000 }),
);
const sold: fc.Arbitrary<SoldLine> = fc.record({ quantityMilli, amounts });

/** Returns parts in turn until all is back. */
function returnAll(sold: SoldLine, cuts: readonly number[]): ReturnedPart[] {
  const parts: ReturnedPart[] = [];
  for (const cut of [...cuts, 1]) {
    const left = returnableMilli(sold.quantityMilli, parts);
    const quantityMilli = Math.ceil(left * cut);
    const result = returnShare(sold, parts, quantityMilli);
    if (result.type === "share") parts.push({ quantityMilli, amounts: result.share });
  }
  return parts;
}

const figures = (one: LineAmounts): number[] => [
  one.grossMinor,
  one.discountMinor,
  one.cartDiscountMinor,
  one.exemptedMinor,
  one.netMinor,
  one.totalMinor,
  ...one.taxes.flatMap((tax) => [tax.baseMinor, tax.taxMinor]),
];

const total = (lists: readonly number[][]): number[] =>
  lists.reduce((sums, list) => list.map((figure, at) => figure + (sums[at] ?? 0)), []);

describe("what goes back", () => {
  test("in whatever parts, comes to what was paid, figure by figure", () => {
    fc.assert(
      fc.property(
        sold,
        fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 5 }),
        (sold, cuts) => {
          const parts = returnAll(sold, cuts);
          expect(returnableMilli(sold.quantityMilli, parts)).toBe(0);
          expect(total(parts.map((part) => figures(part.amounts)))).toEqual(figures(sold.amounts));
        },
      ),
      { numRuns: 500 },
    );
  });

  test("each part adds up, is not below zero, and is the exact share to the unit", () => {
    fc.assert(
      fc.property(sold, fc.double({ min: 0, max: 1, noNaN: true }), (sold, cut) => {
        for (const { quantityMilli, amounts } of returnAll(sold, [cut])) {
          const tax = (included: boolean): number =>
            amounts.taxes.reduce((sum, one) => sum + (one.included === included ? one.taxMinor : 0), 0);
          expect(figures(amounts).every((figure) => figure >= 0)).toBe(true);
          expect(amounts.grossMinor - amounts.discountMinor - amounts.cartDiscountMinor).toBe(
            amounts.netMinor + amounts.exemptedMinor + tax(true),
          );
          expect(amounts.totalMinor).toBe(amounts.netMinor + tax(true) + tax(false));
          const exact = (sold.amounts.totalMinor * quantityMilli) / sold.quantityMilli;
          expect(Math.abs(amounts.totalMinor - exact)).toBeLessThanOrEqual(1);
        }
      }),
    );
  });

  test("is never more than was sold", () => {
    fc.assert(
      fc.property(
        sold,
        fc.integer({ min: 0, max: 9000 }),
        fc.integer({ min: -10, max: 9000 }),
        (sold, before, now) => {
          const earlier = [{ quantityMilli: before, amounts: sold.amounts }];
          const left = Math.max(0, sold.quantityMilli - before);
          const result = returnShare(sold, earlier, now);
          expect(result.type === "share").toBe(now > 0 && now <= left);
          expect(result).toMatchObject(result.type === "share" ? {} : { returnableMilli: left });
        },
      ),
    );
  });

  test("of two refunds made apart, the third makes good the odd unit", () => {
    const price = (minor: number): LineAmounts => ({
      grossMinor: minor,
      discountMinor: 0,
      cartDiscountMinor: 0,
      exemptedMinor: 0,
      netMinor: minor,
      taxes: [],
      totalMinor: minor,
    });
    const three: SoldLine = { quantityMilli: 3000, amounts: price(100) };
    // Both tills thought theirs was the first.
    const apart = [33, 33].map((minor) => ({ quantityMilli: 1000, amounts: price(minor) }));
    expect(returnShare(three, apart, 1000)).toMatchObject({ share: { totalMinor: 34 } });
  });

  test("of a sale in a cart is that sale with its sign turned: sold and returned together, nothing is owed", () => {
    const rules = {
      taxClasses: [
        {
          id: "c",
          name: "C",
          taxes: [
            { id: "v", name: "V", kind: "percent" as const, ratePpm: 70_000, included: true },
            { id: "s", name: "S", kind: "percent" as const, ratePpm: 99_750, included: false },
          ],
        },
      ],
      taxRounding: { per: "document" as const, stepMinor: 1, rule: "half-up" as const },
    };
    const line = fc.record({
      price: fc.nat(3000),
      milli: quantityMilli,
      percentBp: fc.integer({ min: 1, max: 10_000 }),
    });
    fc.assert(
      fc.property(fc.array(line, { minLength: 1, maxLength: 5 }), (specs) => {
        const lines = specs.map(({ price, milli, percentBp }, at): CartLine => ({
          lineId: `l${at}`,
          quantityMilli: milli,
          item: {
            itemId: `i${at}`,
            name: "x",
            unit: "kg",
            unitPriceMinor: price,
            taxClassId: "c",
            departmentId: "d",
          },
          discount: { kind: "percent", percentBp, reason: "r" },
        }));
        const discount = { kind: "amount" as const, amountMinor: 500, reason: "loyal" };
        const sale = computeCart({ lines, discount }, rules);
        const back = lines.map((one, at): CartLine => {
          const sold = { quantityMilli: one.quantityMilli, amounts: sale.lines[at]! };
          const result = returnShare(sold, [], one.quantityMilli);
          const share = result.type === "share" ? result.share : sale.lines[at]!;
          const returned = {
            kind: "receipt" as const,
            receiptId: "r",
            lineNo: at + 1,
            reason: "broken",
            share,
          };
          return { lineId: `back${at}`, item: one.item, quantityMilli: -one.quantityMilli, returned };
        });
        expect(computeCart({ lines: back }, rules).totalMinor).toBe(0 - sale.totalMinor);
        const both = computeCart({ lines: [...lines, ...back], discount }, rules);
        expect(both.totalMinor).toBe(0);
        expect(both.taxes.map((tax) => [tax.baseMinor, tax.taxMinor])).toEqual([
          [0, 0],
          [0, 0],
        ]);
      }),
    );
  });
});

describe("refunds made apart", () => {
  const lines = [
    { quantityMilli: 2000, totalMinor: 300 },
    { quantityMilli: 1000, totalMinor: 999 },
  ];

  test("are an exception once they come to more than was sold", () => {
    const first = { lineNo: 1, quantityMilli: 2000, totalMinor: 300 };
    expect(refundExcess(lines, [first, { lineNo: 2, quantityMilli: 1000, totalMinor: 999 }])).toEqual([]);
    expect(refundExcess(lines, [first, { lineNo: 1, quantityMilli: 1000, totalMinor: 150 }])).toEqual([
      { lineNo: 1, soldMilli: 2000, returnedMilli: 3000, paidMinor: 300, refundedMinor: 450 },
    ]);
  });
});

describe("a void", () => {
  const receipt = { kind: "sale" as const, voided: false, returnedMilli: 0, ofThisShift: true };

  test("is for a whole receipt of this shift, once", () => {
    expect(refuseVoid(receipt)).toBeNull();
    expect(refuseVoid({ ...receipt, kind: "refund" })).toBeNull();
    expect(refuseVoid({ ...receipt, kind: "void" })?.why).toBe("a-void");
    expect(refuseVoid({ ...receipt, voided: true })?.why).toBe("already-voided");
    expect(refuseVoid({ ...receipt, returnedMilli: 1 })?.why).toBe("partly-returned");
    expect(refuseVoid({ ...receipt, ofThisShift: false })?.why).toBe("other-shift");
  });
});
