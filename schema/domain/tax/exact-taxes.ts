import {
  type Rational,
  add,
  compare,
  divide,
  fraction,
  multiply,
  reduce,
  subtract,
  whole,
  zero,
} from "../money/rational.ts";
import type { Tax } from "./tax.ts";

/** Net and each tax before any rounding, in minor units. `net` plus the included taxes is the price. */
export interface ExactTaxes {
  readonly net: Rational;
  readonly taxes: readonly Rational[];
}

/** A class made ready: each tax as `ofNet` x net + `perUnit` x units. */
export interface TaxFormula {
  readonly terms: readonly { readonly ofNet: Rational; readonly perUnit: Rational }[];
  readonly includedOfNet: Rational;
  readonly includedPerUnit: Rational;
}

/**
 * Every tax is linear in the net price and the units, compound or not, so the net of a price that includes any of them
 * is one division and nothing is rounded on the way.
 */
export function taxFormula(taxes: readonly Tax[]): TaxFormula {
  const terms: { ofNet: Rational; perUnit: Rational }[] = [];
  let laterOfNet = whole(1);
  let laterPerUnit = zero;
  let includedOfNet = zero;
  let includedPerUnit = zero;
  for (const tax of taxes) {
    const term = termOf(tax, laterOfNet, laterPerUnit);
    terms.push(term);
    if (tax.inLaterBase === true) {
      laterOfNet = reduce(add(laterOfNet, term.ofNet));
      laterPerUnit = reduce(add(laterPerUnit, term.perUnit));
    }
    if (tax.included) {
      includedOfNet = reduce(add(includedOfNet, term.ofNet));
      includedPerUnit = reduce(add(includedPerUnit, term.perUnit));
    }
  }
  return { terms, includedOfNet, includedPerUnit };
}

/**
 * Taxes of goods that cost `price` together, by the class's formula. Never below zero: where fixed included taxes are
 * more than the price (a discount may do that), the net is zero.
 */
export function exactTaxes(formula: TaxFormula, price: Rational, quantityMilli: number): ExactTaxes {
  const units = fraction(quantityMilli, 1000);
  const free = subtract(price, multiply(formula.includedPerUnit, units));
  const net = compare(free, zero) <= 0 ? zero : reduce(divide(free, add(whole(1), formula.includedOfNet)));
  return {
    net,
    taxes: formula.terms.map((term) => reduce(add(multiply(term.ofNet, net), multiply(term.perUnit, units)))),
  };
}

function termOf(
  tax: Tax,
  laterOfNet: Rational,
  laterPerUnit: Rational,
): { ofNet: Rational; perUnit: Rational } {
  if (tax.kind === "fixed") return { ofNet: zero, perUnit: whole(tax.perUnitMinor) };
  const rate = fraction(tax.ratePpm, 1_000_000);
  return tax.onPriceOnly === true
    ? { ofNet: rate, perUnit: zero }
    : { ofNet: reduce(multiply(rate, laterOfNet)), perUnit: reduce(multiply(rate, laterPerUnit)) };
}
