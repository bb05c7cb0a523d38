import { allocate } from "../money/allocate.ts";
import { type Rational, add, reduce, roundToStep, zero } from "../money/rational.ts";
import type { ExactTaxes } from "./exact-taxes.ts";
import type { Tax, TaxRounding } from "./tax.ts";

/** Goods that are taxed together: what they cost after discounts, and their taxes before rounding. */
export interface Taxable {
  readonly priceMinor: number;
  readonly taxes: readonly Tax[];
  readonly exact: ExactTaxes;
}

/**
 * The rounded taxes of each taxable, in the order of its taxes, by the store's rule. The included ones never come to
 * more than the price. Rounded per document, the sum of a tax is its exact sum rounded once, spread over the
 * taxables by largest remainder.
 */
export function roundTaxes(taxables: readonly Taxable[], rounding: TaxRounding): number[][] {
  return rounding.per === "line"
    ? taxables.map((taxable) => roundOne(taxable, rounding))
    : roundDocument(taxables, rounding);
}

function roundOne(taxable: Taxable, rounding: TaxRounding): number[] {
  let room = taxable.priceMinor;
  return taxable.taxes.map((tax, index) => {
    const rounded = roundStep(taxable.exact.taxes[index]!, rounding);
    if (!tax.included) return rounded;
    const amount = Math.min(rounded, room);
    room -= amount;
    return amount;
  });
}

function roundDocument(taxables: readonly Taxable[], rounding: TaxRounding): number[][] {
  const amounts = taxables.map((taxable) => taxable.taxes.map(() => 0));
  const room = taxables.map((taxable) => taxable.priceMinor);
  for (const shares of sharesByTax(taxables).values()) {
    const sum = shares.reduce((all, share) => reduce(add(all, share.exact)), zero);
    const den = shares.reduce((all, share) => lcm(all, share.exact.den), 1n);
    const included = shares[0]!.tax.included;
    const rooms = shares.map((share) => (included ? room[share.taxable]! : Number.MAX_SAFE_INTEGER));
    const rounded = roundStep(sum, rounding);
    const amount = included
      ? Math.min(
          rounded,
          rooms.reduce((a, b) => a + b, 0),
        )
      : rounded;
    const parts = allocate(
      amount,
      shares.map((share) => share.exact.num * (den / share.exact.den)),
      rooms,
    );
    for (const [at, share] of shares.entries()) {
      amounts[share.taxable]![share.index] = parts[at]!;
      if (included) room[share.taxable]! -= parts[at]!;
    }
  }
  return amounts;
}

interface Share {
  readonly taxable: number;
  readonly index: number;
  readonly tax: Tax;
  readonly exact: Rational;
}

function sharesByTax(taxables: readonly Taxable[]): Map<string, Share[]> {
  const byTax = new Map<string, Share[]>();
  for (const [at, taxable] of taxables.entries())
    for (const [index, tax] of taxable.taxes.entries()) {
      const key = `${tax.included ? "i" : "x"}${tax.id}`;
      const shares = byTax.get(key) ?? [];
      if (shares.length === 0) byTax.set(key, shares);
      shares.push({ taxable: at, index, tax, exact: taxable.exact.taxes[index]! });
    }
  return byTax;
}

function roundStep(value: Rational, rounding: TaxRounding): number {
  return Number(roundToStep(value, rounding.stepMinor, rounding.rule));
}

function lcm(a: bigint, b: bigint): bigint {
  let [x, y] = [a, b];
  while (y !== 0n) [x, y] = [y, x % y];
  return (a / x) * b;
}
