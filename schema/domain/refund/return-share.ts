import type { LineAmounts, LineTax } from "../cart/cart.ts";
import { zeroAmounts } from "../cart/line-amounts.ts";
import { fraction, round } from "../money/rational.ts";

/** A line of a receipt as it was sold: quantity above zero, figures at least zero. */
export interface SoldLine {
  readonly quantityMilli: number;
  readonly amounts: LineAmounts;
}

/** What an earlier refund took back of it, both as on the sale (not negated). Refunds that were voided: left out. */
export interface ReturnedPart {
  readonly quantityMilli: number;
  readonly amounts: LineAmounts;
}

export type ReturnShare =
  | { readonly type: "share"; readonly share: LineAmounts }
  | { readonly type: "return-too-many"; readonly returnableMilli: number };

/** How much of a line may still come back, in thousandths; never below zero. */
export function returnableMilli(
  soldMilli: number,
  earlier: readonly { readonly quantityMilli: number }[],
): number {
  return Math.max(0, soldMilli - earlier.reduce((sum, part) => sum + part.quantityMilli, 0));
}

/**
 * What goes back when so much of a line is returned after what was returned before: its share of the price, of both
 * discounts and of each tax. Reckoned from the whole: once everything is back, in whatever parts, exactly what was
 * paid has been given back, figure by figure.
 */
export function returnShare(
  sold: SoldLine,
  earlier: readonly ReturnedPart[],
  quantityMilli: number,
): ReturnShare {
  const returnable = returnableMilli(sold.quantityMilli, earlier);
  if (quantityMilli <= 0 || quantityMilli > returnable)
    return { type: "return-too-many", returnableMilli: returnable };
  const backMilli = sold.quantityMilli - returnable + quantityMilli;
  const due = partOf(sold.amounts, backMilli, sold.quantityMilli);
  return { type: "share", share: less(due, sold.amounts, earlier) };
}

/**
 * The figures of `part` out of `whole` thousandths. The figures that make up the line are laid end to end and the
 * running sum is rounded, so that none is below zero and their sums hold.
 */
function partOf(amounts: LineAmounts, part: number, whole: number): LineAmounts {
  const scale = (amount: number): number => round(fraction(BigInt(amount) * BigInt(part), whole));
  let running = 0;
  const next = (amount: number): number => {
    const before = scale(running);
    running += amount;
    return scale(running) - before;
  };
  const netMinor = next(amounts.netMinor);
  const taxMinor = amounts.taxes.map((tax) => next(tax.taxMinor));
  const rest = {
    exemptedMinor: next(amounts.exemptedMinor),
    cartDiscountMinor: next(amounts.cartDiscountMinor),
    discountMinor: next(amounts.discountMinor),
  };
  const taxes = amounts.taxes.map((tax, at) => ({
    ...tax,
    baseMinor: tax.baseMinor === amounts.netMinor ? netMinor : scale(tax.baseMinor),
    taxMinor: taxMinor[at]!,
  }));
  return closed({ ...rest, netMinor, taxes });
}

/** What is due back now: the due so far less what went back before; never below zero where that was too much. */
function less(due: LineAmounts, sold: LineAmounts, earlier: readonly ReturnedPart[]): LineAmounts {
  const rest = (figure: (amounts: LineAmounts) => number): number =>
    Math.max(0, figure(due) - earlier.reduce((sum, part) => sum + figure(part.amounts), 0));
  const taxes = sold.taxes.map((tax): LineTax => {
    const of = (amounts: LineAmounts): LineTax | undefined =>
      amounts.taxes.find((one) => one.taxId === tax.taxId && one.ratePpm === tax.ratePpm);
    return {
      ...tax,
      baseMinor: rest((amounts) => of(amounts)?.baseMinor ?? 0),
      taxMinor: rest((amounts) => of(amounts)?.taxMinor ?? 0),
    };
  });
  return closed({
    exemptedMinor: rest((amounts) => amounts.exemptedMinor),
    cartDiscountMinor: rest((amounts) => amounts.cartDiscountMinor),
    discountMinor: rest((amounts) => amounts.discountMinor),
    netMinor: rest((amounts) => amounts.netMinor),
    taxes,
  });
}

/** Gross and total follow from the other figures. */
function closed(parts: Omit<LineAmounts, "grossMinor" | "totalMinor">): LineAmounts {
  const tax = (included: boolean): number =>
    parts.taxes.reduce((sum, one) => sum + (one.included === included ? one.taxMinor : 0), 0);
  const priceMinor = parts.netMinor + parts.exemptedMinor + tax(true);
  return {
    ...zeroAmounts,
    ...parts,
    grossMinor: priceMinor + parts.cartDiscountMinor + parts.discountMinor,
    totalMinor: parts.netMinor + tax(true) + tax(false),
  };
}
