import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { TaxClass } from "../tax/tax.ts";
import { type CartRules, computeCart } from "./cart-totals.ts";
import type { Cart, CartItem, CartLine, CartTotals, Discount, LineAmounts } from "./cart.ts";

const taxClasses: readonly TaxClass[] = [
  { id: "none", name: "None", taxes: [] },
  {
    id: "in",
    name: "Included",
    taxes: [{ id: "v", name: "V", kind: "percent", ratePpm: 190_000, included: true }],
  },
  {
    id: "out",
    name: "Excluded",
    taxes: [{ id: "s", name: "S", kind: "percent", ratePpm: 88_750, included: false }],
  },
  {
    id: "mix",
    name: "Excise and two taxes",
    taxes: [
      { id: "e", name: "E", kind: "fixed", perUnitMinor: 25, included: true, inLaterBase: true },
      { id: "v", name: "V", kind: "percent", ratePpm: 190_000, included: true, inLaterBase: true },
      { id: "q", name: "Q", kind: "percent", ratePpm: 99_750, included: false },
      { id: "p", name: "P", kind: "percent", ratePpm: 50_000, included: false, onPriceOnly: true },
      { id: "z", name: "Z", kind: "percent", ratePpm: 0, included: true },
    ],
  },
];

const discount: fc.Arbitrary<Discount> = fc.oneof(
  fc.record({
    kind: fc.constant("percent" as const),
    percentBp: fc.oneof(fc.constantFrom(1000, 3333), fc.integer({ min: 1, max: 10_000 })),
    reason: fc.constantFrom("damaged", "staff"),
  }),
  fc.record({
    kind: fc.constant("amount" as const),
    amountMinor: fc.integer({ min: 1, max: 3000 }),
    reason: fc.constantFrom("damaged", "staff"),
  }),
);

const goods = (
  number: number,
  unitPriceMinor: number,
  taxClassId: string,
  unit: CartItem["unit"],
): CartItem => ({
  itemId: `i${number}`,
  name: `Item ${number}`,
  departmentId: "d",
  unitPriceMinor,
  taxClassId,
  unit,
});

/** Few different goods, so that the same often come more than once; some all but free. */
const item: fc.Arbitrary<CartItem> = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(goods(1, 1, "in", "piece"), goods(2, 399, "mix", "kg")) },
  { weight: 2, arbitrary: fc.constantFrom(goods(3, 3, "mix", "piece"), goods(4, 1299, "out", "piece")) },
  {
    weight: 1,
    arbitrary: fc
      .record({
        price: fc.nat(100_000),
        taxClassId: fc.constantFrom("none", "in", "out", "mix"),
        unit: fc.constantFrom("piece" as const, "kg" as const),
      })
      .map(({ price, taxClassId, unit }) => goods(5, price, taxClassId, unit)),
  },
);

const priced = { grossMinor: 0, discountMinor: 0, cartDiscountMinor: 0, exemptedMinor: 0 };
const share: fc.Arbitrary<LineAmounts> = fc
  .record({ net: fc.nat(5000), tax: fc.nat(900), discount: fc.nat(700), cart: fc.nat(300) })
  .map(({ net, tax, discount, cart }) => ({
    ...priced,
    grossMinor: net + tax + discount + cart,
    discountMinor: discount,
    cartDiscountMinor: cart,
    netMinor: net,
    taxes: [{ taxId: "v", ratePpm: 190_000, included: true, baseMinor: net, taxMinor: tax }],
    totalMinor: net + tax,
  }));

const body = fc.record(
  {
    item,
    quantityMilli: fc.oneof(
      fc.constantFrom(1000, 1000, 2000, -1000),
      fc.integer({ min: 1, max: 12 }).map((pieces) => pieces * 1000),
      fc.integer({ min: 1, max: 5000 }),
      fc.integer({ min: -3000, max: 0 }),
    ),
    discount,
    priceOverride: fc.record({ priceMinor: fc.nat(500), reason: fc.constant("torn") }),
    fixedTotalMinor: fc.nat(2000),
    voided: fc.boolean(),
    returned: fc.oneof(
      fc.constant({ kind: "no-receipt" as const, reason: "broken" }),
      share.map((share) => ({
        kind: "receipt" as const,
        receiptId: "r",
        lineNo: 1,
        reason: "broken",
        share,
      })),
    ),
  },
  { requiredKeys: ["item", "quantityMilli"] },
);

const lines = fc.array(fc.tuple(body, fc.nat(9)), { maxLength: 9, size: "max" }).map((bodies) =>
  bodies.map(([one, rare], at): CartLine => {
    const { returned, voided, fixedTotalMinor, priceOverride, discount, ...rest } = one;
    return {
      ...rest,
      lineId: `l${at}`,
      // Most lines are plain sales, as in a shop.
      ...(rare > 5 && discount ? { discount } : {}),
      ...(rare === 0 && returned ? { returned } : {}),
      ...(rare === 1 && voided !== undefined ? { voided } : {}),
      ...(rare === 2 && fixedTotalMinor !== undefined ? { fixedTotalMinor } : {}),
      ...(rare === 3 && priceOverride ? { priceOverride } : {}),
    };
  }),
);

const cart: fc.Arbitrary<Cart> = fc.record(
  { lines, discount, taxExempt: fc.boolean() },
  { requiredKeys: ["lines"] },
);

const rules: fc.Arbitrary<CartRules> = fc.record({
  taxClasses: fc.constant(taxClasses),
  taxRounding: fc.record({
    per: fc.constantFrom("line" as const, "document" as const),
    stepMinor: fc.constantFrom(1, 1, 5),
    rule: fc.constantFrom("half-up" as const, "half-even" as const, "up" as const, "down" as const),
  }),
});

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
const included = (line: LineAmounts): number =>
  sum(line.taxes.filter((tax) => tax.included).map((tax) => tax.taxMinor));

/** What the customer sees and owes, without the cut into lines. */
const owed = (totals: CartTotals): unknown => ({ ...totals, lines: [] });

describe("a cart's figures", () => {
  test("the parts add up to the total", () => {
    fc.assert(
      fc.property(cart, rules, (cart, rules) => {
        const totals = computeCart(cart, rules);
        for (const line of totals.lines) {
          const price = line.grossMinor - line.discountMinor - line.cartDiscountMinor;
          expect(line.netMinor + line.exemptedMinor + included(line)).toBe(price);
          expect(line.netMinor + sum(line.taxes.map((tax) => tax.taxMinor))).toBe(line.totalMinor);
          expect(sum(line.discounts.map((one) => one.amountMinor))).toBe(
            line.discountMinor + line.cartDiscountMinor,
          );
        }
        const added = sum(totals.taxes.filter((tax) => !tax.included).map((tax) => tax.taxMinor));
        expect(totals.subtotalMinor - totals.cartDiscountMinor - totals.exemptedMinor + added).toBe(
          totals.totalMinor,
        );
        expect(totals.netMinor + sum(totals.taxes.map((tax) => tax.taxMinor))).toBe(totals.totalMinor);
        expect(sum(totals.lines.map((line) => line.totalMinor))).toBe(totals.totalMinor);
      }),
      { numRuns: 500 },
    );
  });

  test("the order of lines changes nothing that is owed, nor any line", () => {
    const shuffled = cart.chain((cart) =>
      fc.tuple(fc.constant(cart), fc.shuffledSubarray([...cart.lines], { minLength: cart.lines.length })),
    );
    fc.assert(
      fc.property(shuffled, rules, ([cart, lines], rules) => {
        const before = computeCart(cart, rules);
        const after = computeCart({ ...cart, lines }, rules);
        expect(owed(after)).toEqual(owed(before));
        const byId = (totals: CartTotals) =>
          Object.fromEntries(totals.lines.map((line) => [line.lineId, line]));
        expect(byId(after)).toEqual(byId(before));
      }),
      { numRuns: 500 },
    );
  });

  test("cutting a line in two, or joining two, changes nothing that is owed", () => {
    fc.assert(
      fc.property(
        cart,
        rules,
        fc.nat(8),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (cart, rules, which, cut) => {
          const at = cart.lines.length === 0 ? 0 : which % cart.lines.length;
          const line = cart.lines[at];
          fc.pre(line !== undefined && line.returned?.kind !== "receipt" && Math.abs(line.quantityMilli) > 1);
          const lines = [...cart.lines.slice(0, at), ...halves(line, cut), ...cart.lines.slice(at + 1)];
          expect(owed(computeCart({ ...cart, lines }, rules))).toEqual(owed(computeCart(cart, rules)));
        },
      ),
      { numRuns: 1000 },
    );
  });

  test("no figure of a sold line is below zero, and no reduction is more than what it reduces", () => {
    fc.assert(
      fc.property(cart, rules, (cart, rules) => {
        for (const line of computeCart(cart, rules).lines) {
          const sense = line.isReturn ? -1 : 1;
          const figures = [
            line.grossMinor,
            line.discountMinor,
            line.cartDiscountMinor,
            line.exemptedMinor,
            line.netMinor,
            line.totalMinor,
            line.subtotalMinor,
            ...line.taxes.flatMap((tax) => [tax.taxMinor, tax.baseMinor]),
          ];
          for (const figure of figures) expect(figure * sense).toBeGreaterThanOrEqual(0);
          expect((line.discountMinor + line.cartDiscountMinor) * sense).toBeLessThanOrEqual(
            line.grossMinor * sense,
          );
          const given = cart.lines.find((one) => one.lineId === line.lineId)?.returned?.kind === "receipt";
          expect(line.isReturn && !given ? line.cartDiscountMinor : 0).toBe(0);
        }
      }),
      { numRuns: 500 },
    );
  });

  test("an exempt customer pays no tax, and the net that others pay it on", () => {
    fc.assert(
      fc.property(cart, rules, (cart, rules) => {
        const lines = cart.lines.filter((line) => line.returned?.kind !== "receipt");
        const exempt = computeCart({ ...cart, lines, taxExempt: true }, rules);
        const ordinary = computeCart({ ...cart, lines, taxExempt: false }, rules);
        expect(exempt.taxMinor).toBe(0);
        expect(exempt.totalMinor).toBe(ordinary.netMinor);
        expect(exempt.taxes.every((row) => row.taxMinor === 0)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  test("each line costs its quantity at its price, less its own discount, to the unit", () => {
    fc.assert(
      fc.property(cart, rules, (cart, rules) => {
        for (const line of computeCart(cart, rules).lines) {
          const from = cart.lines.find((one) => one.lineId === line.lineId)!;
          fc.pre(from.returned?.kind !== "receipt");
          const units = Math.abs(from.quantityMilli) / 1000;
          const price = from.priceOverride?.priceMinor ?? from.item.unitPriceMinor;
          const fixed = from.priceOverride ? undefined : from.fixedTotalMinor;
          const gross = Math.abs(line.grossMinor);
          expect(Math.abs(gross - (fixed ?? price * units))).toBeLessThan(1);
          const discount =
            from.discount?.kind === "percent"
              ? (gross * from.discount.percentBp) / 10_000
              : Math.min(from.discount?.amountMinor ?? 0, gross);
          // Lines of one position share its rounding, and what one cannot take of an amount another may.
          const alone = !cart.lines.some((one) => one !== from && one.item.itemId === from.item.itemId);
          const slack = from.discount?.kind === "amount" && !alone ? gross : 1;
          expect(Math.abs(Math.abs(line.discountMinor) - discount)).toBeLessThanOrEqual(
            from.discount ? slack : 0,
          );
        }
      }),
      { numRuns: 500 },
    );
  });

  test("a basket as a shop has it", () => {
    const bread = goods(1, 250, "in", "piece");
    const apples = goods(2, 399, "none", "kg");
    const wine = { ...goods(3, 1000, "out", "piece"), ageYears: 18 };
    const totals = computeCart(
      {
        lines: [
          { lineId: "a", item: bread, quantityMilli: 1000 },
          {
            lineId: "b",
            item: bread,
            quantityMilli: 1000,
            discount: { kind: "percent", percentBp: 5000, reason: "stale" },
          },
          { lineId: "c", item: apples, quantityMilli: 532 },
          { lineId: "d", item: wine, quantityMilli: 2000 },
          {
            lineId: "e",
            item: bread,
            quantityMilli: -1000,
            returned: { kind: "no-receipt", reason: "mouldy" },
          },
          { lineId: "f", item: wine, quantityMilli: 9000, voided: true },
        ],
        discount: { kind: "amount", amountMinor: 259, reason: "loyal" },
      },
      { taxClasses, taxRounding: { per: "line", stepMinor: 1, rule: "half-up" } },
    );
    // By hand: 250 + 125 + 212 (0.532 x 399 = 212.27) + 2000 = 2587 sold, a tenth of it is 258.7; 250 come back.
    // 259 spread over 250, 125, 212, 2000 by largest remainder: 25, 13, 21, 200 (25.03, 12.51, 21.22, 200.23).
    expect(totals.lines.map((line) => line.cartDiscountMinor)).toEqual([25, 13, 21, 200, 0]);
    expect(totals.lines.map((line) => line.subtotalMinor)).toEqual([250, 125, 212, 2000, -250]);
    // 19% in 225, 112 and -250: 35.92, 17.88, -39.92. 8.875% on 1800: 159.75.
    expect(totals.lines.map((line) => line.totalMinor - line.netMinor)).toEqual([36, 18, 0, 160, -40]);
    expect(totals).toMatchObject({
      subtotalMinor: 2337,
      cartDiscountMinor: 259,
      savingsMinor: 384,
      totalMinor: 2238,
      taxMinor: 174,
      ageNeeded: 18,
      problems: [],
    });
    expect(
      totals.taxes.map(({ taxId, treatment, baseMinor, taxMinor }) => [
        taxId,
        treatment,
        baseMinor,
        taxMinor,
      ]),
    ).toEqual([
      ["v", "taxed", 73, 14],
      ["s", "taxed", 1800, 160],
      [null, "exempt", 191, 0],
    ]);
  });

  test("no cart of integers is too much for it: what it counts stays exact", () => {
    const any = fc.oneof(fc.maxSafeInteger(), fc.constantFrom(1e12, -1e12, 999_999_999_999, 1e9, 0));
    const line = fc
      .record({
        price: any,
        milli: any,
        fixed: any,
        amount: any,
        taxClassId: fc.constantFrom("in", "mix", "gone"),
        kind: fc.nat(3),
      })
      .map(({ price, milli, fixed, amount, taxClassId, kind }) => ({
        item: goods(kind, price, taxClassId, "piece"),
        quantityMilli: milli,
        ...(kind === 1 ? { fixedTotalMinor: fixed } : {}),
        ...(kind === 2 ? { discount: { kind: "amount" as const, amountMinor: amount, reason: "r" } } : {}),
      }));
    fc.assert(
      fc.property(
        fc.array(line, { maxLength: 20, size: "max" }),
        any,
        rules,
        (bodies, amountMinor, rules) => {
          const lines = bodies.map((one, at): CartLine => ({ ...one, lineId: `l${at}` }));
          const totals = computeCart(
            { lines, discount: { kind: "amount", amountMinor, reason: "r" } },
            rules,
          );
          expect(sum(totals.lines.map((one) => one.totalMinor))).toBe(totals.totalMinor);
          expect(
            totals.lines
              .flatMap((one) => [one.grossMinor, one.netMinor, one.totalMinor])
              .every(Number.isSafeInteger),
          ).toBe(true);
          expect(Number.isSafeInteger(totals.totalMinor)).toBe(true);
        },
      ),
      { numRuns: 300 },
    );
  });

  test("what cannot be counted exactly, or has no tax class, is named and counts for nothing", () => {
    const huge: CartItem = {
      itemId: "x",
      name: "X",
      unit: "piece",
      departmentId: "d",
      taxClassId: "gone",
      unitPriceMinor: Number.MAX_SAFE_INTEGER,
    };
    const cart: Cart = {
      lines: [
        { lineId: "a", item: huge, quantityMilli: Number.MAX_SAFE_INTEGER },
        { lineId: "b", item: { ...huge, unitPriceMinor: 100 }, quantityMilli: 2000 },
      ],
    };
    const totals = computeCart(cart, {
      taxClasses,
      taxRounding: { per: "document", stepMinor: 1, rule: "half-up" },
    });
    expect(totals.problems).toEqual([
      { type: "too-large", lineId: "a" },
      { type: "unknown-tax-class", lineId: "b", taxClassId: "gone" },
    ]);
    expect(totals.totalMinor).toBe(200);
  });
});

/** The line as two of the same goods on the same terms. */
function halves(line: CartLine, cut: number): CartLine[] {
  const sign = line.quantityMilli < 0 ? -1 : 1;
  const most = Math.abs(line.quantityMilli);
  const first = Math.min(most - 1, Math.max(1, Math.round(most * cut)));
  const part = (share: number, of: number): number => Math.round((of * share) / most);
  const fixed = line.fixedTotalMinor;
  const amount = line.discount?.kind === "amount" ? line.discount.amountMinor : undefined;
  const cutLine = (lineId: string, quantity: number, fixedPart: number, amountPart: number): CartLine => ({
    ...line,
    lineId,
    quantityMilli: sign * quantity,
    ...(fixed === undefined ? {} : { fixedTotalMinor: fixedPart }),
    ...(line.discount?.kind === "amount" ? { discount: { ...line.discount, amountMinor: amountPart } } : {}),
  });
  const fixedFirst = fixed === undefined ? 0 : part(first, fixed);
  const amountFirst = amount === undefined ? 0 : part(first, amount);
  return [
    cutLine(`${line.lineId}a`, first, fixedFirst, amountFirst),
    cutLine(`${line.lineId}b`, most - first, (fixed ?? 0) - fixedFirst, (amount ?? 0) - amountFirst),
  ];
}
