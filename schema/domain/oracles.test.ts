import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { computeCart } from "./cart/cart-totals.ts";
import type { Cart, CartLine } from "./cart/cart.ts";
import { formatDecimal, parseDecimal } from "./money/decimal.ts";
import { type Rational, type RoundingRule, compare, divide, fraction, whole } from "./money/rational.ts";
import { exactTaxes, taxFormula } from "./tax/exact-taxes.ts";
import type { Tax, TaxRounding } from "./tax/tax.ts";
import { roundCash } from "./money/cash-rounding.ts";
import { returnShare } from "./refund/return-share.ts";
import { overShort, shiftFigures } from "./shift/figures.ts";
import { type TenderRules, refuseTender, settle } from "./tender/settle.ts";

/**
 * Figures of other systems: `fixtures/oracles/pos-cases.jsonl`; each case names where it comes from. Cases on price
 * lists, promotions and gift cards are for later features, those on barcodes are tested in `barcode/`.
 */
const texts = readFileSync(new URL("../../fixtures/oracles/pos-cases.jsonl", import.meta.url), "utf8")
  .trim()
  .split("\n");

/** A case by its id, as the file has it. */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- each case of the file has its own shape
function oracle<Case>(id: string): Case {
  const text = texts.find((line) => line.startsWith(`{"id":"${id}",`));
  if (text === undefined) throw new Error(`no case ${id}`);
  return JSON.parse(text);
}

interface TaxCase {
  readonly taxes: readonly OracleTax[];
  readonly rounding: "line" | "document";
  readonly step: string;
  readonly price: string;
  readonly net: string;
  readonly tax: readonly string[];
  readonly gross?: string;
}

interface CompoundCase {
  readonly lines: readonly string[];
  readonly taxes: readonly OracleTax[];
  readonly step: string;
  readonly line: { readonly tax: string; readonly gross: string };
  readonly document: { readonly tax: string; readonly gross: string };
}

interface DiscountCase {
  readonly lines: readonly {
    readonly price: string;
    readonly discountPercent: string;
    readonly taxPercent: readonly string[];
  }[];
  readonly included: boolean;
  readonly net: string;
  readonly tax: string;
  readonly gross: string;
}

interface Payment {
  readonly pay: string;
  readonly rounding: string;
}

interface CashCase<Cash> {
  readonly total: string;
  readonly step: string;
  readonly rule: RoundingRule;
  readonly cash: Cash;
}

const minor = (text: string): number => {
  const parsed = parseDecimal(text, 2);
  if (!parsed.ok) throw new Error(`${text}: ${parsed.problem.type}`);
  return parsed.value;
};
const money = (amount: number): string => formatDecimal(amount, 2);

interface OracleTax {
  name?: string;
  percent: string;
  included: boolean;
  inLaterBase?: boolean;
  onPriceOnly?: boolean;
}

function taxesOf(taxes: readonly OracleTax[]): Tax[] {
  return taxes.map(({ name, percent, included, inLaterBase, onPriceOnly }, at) => {
    const rate = parseDecimal(percent, 4);
    if (!rate.ok) throw new Error(percent);
    return {
      id: name ?? `t${at}`,
      name: name ?? `t${at}`,
      kind: "percent",
      ratePpm: rate.value,
      included,
      ...(inLaterBase === undefined ? {} : { inLaterBase }),
      ...(onPriceOnly === undefined ? {} : { onPriceOnly }),
    };
  });
}

function line(lineId: string, price: string, taxClassId = "c", quantityMilli = 1000): CartLine {
  const item = { itemId: lineId, name: lineId, unit: "piece" as const, departmentId: "d" };
  return { lineId, quantityMilli, item: { ...item, unitPriceMinor: minor(price), taxClassId } };
}

function rounding(per: TaxRounding["per"], step = "0.01"): TaxRounding {
  return { per, stepMinor: minor(step), rule: "half-up" };
}

function total(cart: Cart, taxes: readonly OracleTax[], taxRounding: TaxRounding) {
  return computeCart(cart, {
    taxClasses: [{ id: "c", name: "c", taxes: taxesOf(taxes) }],
    taxRounding,
  });
}

describe("taxes", () => {
  test.each(["tax-1", "tax-3", "tax-4", "tax-5", "tax-6", "tax-7"])("%s: rounded per line", (id) => {
    const one = oracle<TaxCase>(id);
    const totals = total({ lines: [line("a", one.price)] }, one.taxes, rounding(one.rounding, one.step));
    expect(money(totals.netMinor)).toBe(one.net);
    expect(totals.lines[0]!.taxes.map((tax) => money(tax.taxMinor))).toEqual(one.tax);
    expect(money(totals.totalMinor)).toBe(one.gross ?? one.price);
  });

  test("tax-2: not rounded until the document", () => {
    const one = oracle<TaxCase>("tax-2");
    const exact = exactTaxes(taxFormula(taxesOf(one.taxes)), whole(minor(one.price)), 1000);
    const decimal = (text: string): Rational =>
      fraction(BigInt(text.replace(".", "")), 10n ** BigInt(text.split(".")[1]!.length));
    const major = (amount: Rational): Rational => divide(amount, whole(100));
    expect(compare(major(exact.net), decimal(one.net))).toBe(0);
    expect(exact.taxes.map((tax, at) => compare(major(tax), decimal(one.tax[at]!)))).toEqual([0]);
    const twice = total(
      { lines: [line("a", one.price), line("b", one.price)] },
      one.taxes,
      rounding(one.rounding),
    );
    expect([money(twice.netMinor), money(twice.taxMinor)]).toEqual(["93.75", "11.25"]);
  });

  test.each(["line", "document"] as const)("tax-8: compound, rounded per %s", (per) => {
    const one = oracle<CompoundCase>("tax-8");
    const lines = one.lines.map((price, at) => line(`l${at}`, price));
    const totals = total({ lines }, one.taxes, rounding(per, one.step));
    expect({ tax: money(totals.taxMinor), gross: money(totals.totalMinor) }).toEqual(one[per]);
  });

  test("discount-1: discounts before excluded taxes", () => {
    const one = oracle<DiscountCase>("discount-1");
    const taxes = (percents: readonly string[]): Tax[] =>
      taxesOf(percents.map((percent) => ({ name: percent, percent, included: one.included })));
    const lines: CartLine[] = one.lines.map((each, at) => ({
      ...line(`l${at}`, each.price, `c${at}`),
      discount: { kind: "percent", percentBp: Number(each.discountPercent) * 100, reason: "test" },
    }));
    const totals = computeCart(
      { lines },
      {
        taxClasses: one.lines.map((each, at) => ({
          id: `c${at}`,
          name: `c${at}`,
          taxes: taxes(each.taxPercent),
        })),
        taxRounding: rounding("line"),
      },
    );
    expect([totals.netMinor, totals.taxMinor, totals.totalMinor].map(money)).toEqual([
      one.net,
      one.tax,
      one.gross,
    ]);
  });
});

const methods: TenderRules["tenderMethods"] = [
  { id: "cash", name: "Cash", kind: "cash" },
  { id: "card", name: "Card", kind: "card" },
  { id: "cheque", name: "Cheque", kind: "other", givesChange: true },
];

function tenderRules(step: string): TenderRules {
  return { tenderMethods: methods, cashRounding: { stepMinor: minor(step), rule: "half-up" } };
}

describe("rounding and tender", () => {
  test("round-1: cash only, refunds the mirror of sales", () => {
    const one = oracle<CashCase<Payment> & { card: Payment; cashRefund: Payment }>("round-1");
    const rules = tenderRules(one.step);
    const due = minor(one.total);
    const pay = (total: number, method: string, amount: string) => {
      const tender = { method, amountMinor: minor(amount) };
      expect(refuseTender(total, [], tender, rules)).toBeNull();
      const settled = settle(total, [tender], rules);
      expect(settled.paid).toBe(true);
      return { pay: amount, rounding: money(settled.roundingMinor) };
    };
    expect(settle(due, [], rules)).toMatchObject({ dueMinor: due, dueCashMinor: minor(one.cash.pay) });
    expect(pay(due, "card", one.card.pay)).toEqual(one.card);
    expect(pay(due, "cash", one.cash.pay)).toEqual(one.cash);
    expect(settle(-due, [], rules).dueCashMinor).toBe(minor(one.cashRefund.pay));
    expect(pay(-due, "cash", one.cashRefund.pay)).toEqual(one.cashRefund);
  });

  test("round-2: part card, the rest cash", () => {
    const one = oracle<CashCase<string> & { card: string; due: string; paid: string; rounding: string }>(
      "round-2",
    );
    const rules = tenderRules(one.step);
    const card = { method: "card", amountMinor: minor(one.card) };
    const before = settle(minor(one.total), [card], rules);
    expect([money(before.dueMinor), money(before.dueCashMinor)]).toEqual([one.due, one.cash]);
    const cash = { method: "cash", amountMinor: minor(one.cash) };
    for (const tenders of [
      [card, cash],
      [cash, card],
    ]) {
      const after = settle(minor(one.total), tenders, rules);
      expect(after).toMatchObject({ paid: true, changeMinor: 0, roundingMinor: minor(one.rounding) });
      expect(money(card.amountMinor + cash.amountMinor - after.changeMinor)).toBe(one.paid);
    }
  });

  test("round-3: change of a rounded total", () => {
    const one = oracle<CashCase<string> & { rounding: string; change: string }>("round-3");
    const settled = settle(
      minor(one.total),
      [{ method: "cash", amountMinor: minor(one.cash) }],
      tenderRules(one.step),
    );
    expect(settled.paid).toBe(true);
    expect([money(settled.roundingMinor), money(settled.changeMinor)]).toEqual([one.rounding, one.change]);
  });

  test("round-4: half up in steps of 0.50", () => {
    const one = oracle<{ step: string; rule: RoundingRule; map: Record<string, string> }>("round-4");
    const rule = { stepMinor: minor(one.step), rule: one.rule };
    const rounded = Object.keys(one.map).map((text) => [text, money(roundCash(minor(text), rule))]);
    expect(Object.fromEntries(rounded)).toEqual(one.map);
  });

  test("tender-1: split tender, change on the last, by a method that may give change", () => {
    const one = oracle<{
      lines: { quantity: string; price: string }[];
      cash: string;
      dueAfterCash: string;
      card: string;
      change: string;
    }>("tender-1");
    const rules = tenderRules("0.01");
    const lines = one.lines.map((each, at) => line(`l${at}`, each.price, "c", Number(each.quantity) * 1000));
    const due = total({ lines }, [], rounding("line")).totalMinor;
    const cash = { method: "cash", amountMinor: minor(one.cash) };
    expect(money(settle(due, [cash], rules).dueMinor)).toBe(one.dueAfterCash);
    const last = { method: "cheque", amountMinor: minor(one.card) };
    expect(refuseTender(due, [cash], last, rules)).toBeNull();
    expect(settle(due, [cash, last], rules)).toMatchObject({ paid: true, changeMinor: minor(one.change) });
    // A card gives no change unless the store says so: more than is due is refused.
    expect(refuseTender(due, [cash], { ...last, method: "card" }, rules)).toEqual({
      type: "over-tender",
      dueMinor: minor(one.dueAfterCash),
    });
  });
});

describe("returns and the drawer", () => {
  test("return-1: a part return takes back its share of the receipt's discount", () => {
    const one = oracle<{
      receiptTotal: string;
      receiptDiscount: string;
      returned: string;
      returnDiscount: string;
    }>("return-1");
    // A receipt of two like goods over which its discount was spread; one of them comes back.
    const half = parseDecimal(one.returned, 2);
    const whole = parseDecimal(one.receiptTotal, 2);
    if (!half.ok || !whole.ok) throw new Error("return-1");
    const pieces = whole.value / half.value;
    const sale = total(
      {
        lines: [line("a", one.returned, "c", pieces * 1000)],
        discount: { kind: "amount", amountMinor: minor(one.receiptDiscount), reason: "test" },
      },
      [],
      rounding("line"),
    );
    const result = returnShare({ quantityMilli: pieces * 1000, amounts: sale.lines[0]! }, [], 1000);
    if (result.type !== "share") throw new Error(result.type);
    const back = total(
      {
        lines: [
          {
            ...line("b", one.returned, "c", -1000),
            returned: { kind: "receipt", receiptId: "r", lineNo: 1, reason: "test", share: result.share },
          },
        ],
      },
      [],
      rounding("line"),
    );
    expect(back.subtotalMinor).toBe(-half.value);
    expect(back.cartDiscountMinor).toBe(minor(one.returnDiscount));
    expect(back.totalMinor).toBe(-half.value - minor(one.returnDiscount));
  });

  test("drawer-1: what should be in the drawer, and what is missing", () => {
    const one = oracle<{
      opened: string;
      cashSales: string;
      expected: string;
      counted: string;
      overShort: string;
    }>("drawer-1");
    const cash = minor(one.cashSales);
    const { drawer } = shiftFigures(
      [
        { type: "open", floatMinor: minor(one.opened) },
        {
          type: "sale",
          totalMinor: cash,
          netMinor: cash,
          savingsMinor: 0,
          roundingMinor: 0,
          taxes: [],
          tenders: [{ method: "cash", kind: "cash", amountMinor: cash }],
          changeMinor: 0,
        },
      ],
      "cash",
    );
    expect(drawer.expectedMinor).toBe(minor(one.expected));
    expect(overShort(drawer.expectedMinor, minor(one.counted))).toBe(minor(one.overShort));
  });
});
