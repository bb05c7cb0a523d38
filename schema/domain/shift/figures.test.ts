import * as fc from "fast-check";
import { expect, test } from "vitest";
import { type TenderRules, settle } from "../tender/settle.ts";
import { type ShiftEntry, shiftFigures } from "./figures.ts";

const rules: TenderRules = {
  tenderMethods: [
    { id: "cash", name: "Cash", kind: "cash" },
    { id: "card", name: "Card", kind: "card" },
  ],
  cashRounding: { stepMinor: 5, rule: "half-up" },
};

/** Receipts that were really paid: part by card, the rest in coins there are, with change. */
const receipt = fc
  .record({ total: fc.integer({ min: -5000, max: 20_000 }), card: fc.nat(100), over: fc.nat(400) })
  .map(({ total, card, over }): ShiftEntry => {
    const cardMinor = Math.trunc((total * card) / 100);
    const before = settle(total, [{ method: "card", amountMinor: cardMinor }], rules);
    const cashMinor = before.paid ? 0 : before.dueCashMinor + (total > 0 ? over * 5 : 0);
    const tenders = [
      { method: "card", kind: "card" as const, amountMinor: cardMinor },
      { method: "cash", kind: "cash" as const, amountMinor: cashMinor },
    ];
    const after = settle(total, tenders, rules);
    const tax = Math.round(total / 7);
    return {
      type: total < 0 ? "refund" : "sale",
      totalMinor: total,
      netMinor: total - tax,
      savingsMinor: 0,
      roundingMinor: after.roundingMinor,
      taxes: [
        {
          taxId: "v",
          name: "V",
          ratePpm: 190_000,
          included: true,
          treatment: "taxed",
          baseMinor: total - tax,
          taxMinor: tax,
        },
      ],
      tenders,
      changeMinor: after.changeMinor,
    };
  });

const cash: fc.Arbitrary<ShiftEntry> = fc.record({
  type: fc.constant("cash" as const),
  direction: fc.constantFrom("in" as const, "out" as const, "drop" as const),
  amountMinor: fc.nat(5000),
});

test("every unit taken is in the drawer or in another tender", () => {
  fc.assert(
    fc.property(fc.nat(20_000), fc.array(fc.oneof(receipt, cash)), (floatMinor, moved) => {
      const figures = shiftFigures([{ type: "open", floatMinor }, ...moved, { type: "no-sale" }], "cash");
      const tendered = figures.tenders.reduce((sum, one) => sum + one.amountMinor, 0);
      expect(tendered).toBe(figures.takingsMinor + figures.roundingMinor);
      const cash = figures.tenders.find((one) => one.method === "cash")?.amountMinor ?? 0;
      const { drawer } = figures;
      expect(drawer.expectedMinor).toBe(
        floatMinor + cash + drawer.payInMinor - drawer.payOutMinor - drawer.dropMinor,
      );
      expect(drawer.cashTakenMinor - drawer.cashPaidOutMinor - drawer.changeMinor).toBe(cash);
      const tax = figures.taxes.reduce((sum, one) => sum + one.taxMinor, 0);
      expect(figures.netMinor + tax).toBe(figures.takingsMinor);
      expect(figures.sales + figures.refunds).toBe(moved.filter((one) => one.type !== "cash").length);
      expect([figures.voids, figures.noSales]).toEqual([0, 1]);
    }),
  );
});

test("change counts against cash though the sale took none", () => {
  const { tenders, drawer } = shiftFigures(
    [
      {
        type: "sale",
        totalMinor: 420,
        netMinor: 420,
        savingsMinor: 0,
        roundingMinor: 0,
        taxes: [],
        tenders: [{ method: "cheque", kind: "other", amountMinor: 500 }],
        changeMinor: 80,
      },
    ],
    "cash",
  );
  expect(tenders).toEqual([
    { method: "cheque", amountMinor: 500 },
    { method: "cash", amountMinor: -80 },
  ]);
  expect(drawer.expectedMinor).toBe(-80);
});
