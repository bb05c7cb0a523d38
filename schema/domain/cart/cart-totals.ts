import { allocate } from "../money/allocate.ts";
import { whole } from "../money/rational.ts";
import { type TaxFormula, exactTaxes, taxFormula } from "../tax/exact-taxes.ts";
import { roundTaxes } from "../tax/round-taxes.ts";
import type { Tax, TaxClass, TaxRounding } from "../tax/tax.ts";
import type { Cart, CartLine, CartProblem, CartTotals, Discount, LineAmounts, LineTotals } from "./cart.ts";
import { tooLarge } from "./limits.ts";
import { negate, spreadOverLines, zeroAmounts } from "./line-amounts.ts";
import { type Position, discountOf, isReturn, positionsOf, unitPriceOf } from "./positions.ts";
import { taxTotals } from "./tax-totals.ts";

/** What of the store's settings a total depends on. */
export interface CartRules {
  readonly taxClasses: readonly TaxClass[];
  readonly taxRounding: TaxRounding;
}

/**
 * Computes all figures of a cart. The parts add up to the total exactly; the order of lines, and how a quantity is cut
 * into lines, never change the total. Total over carts of integers: what must not be sold is named in `problems`.
 */
export function computeCart(cart: Cart, rules: CartRules): CartTotals {
  const lines = cart.lines.filter((line) => line.voided !== true);
  const excess = tooLarge(lines);
  const priced = lines.filter((line) => line.returned?.kind !== "receipt" && !excess.has(line));
  const positions = positionsOf(priced);
  const classes = readyClasses(rules.taxClasses);
  const figures = new Map<CartLine, LineAmounts>();
  for (const returns of [false, true]) {
    const some = positions.filter((position) => position.isReturn === returns);
    const discount = returns ? undefined : cart.discount;
    for (const [line, amounts] of priceAll(
      some,
      discount,
      cart.taxExempt === true,
      classes,
      rules.taxRounding,
    ))
      figures.set(line, returns ? negate(amounts) : amounts);
  }
  const totals = lines.map((line) => lineTotals(line, figuresOf(line, figures, excess), cart.discount));
  return sumUp(totals, lines, rules, problemsOf(priced, excess, classes));
}

interface ReadyClass {
  readonly taxes: readonly Tax[];
  readonly formula: TaxFormula;
}

const noTaxes: ReadyClass = { taxes: [], formula: taxFormula([]) };

function readyClasses(taxClasses: readonly TaxClass[]): ReadonlyMap<string, ReadyClass> {
  return new Map(taxClasses.map(({ id, taxes }) => [id, { taxes, formula: taxFormula(taxes) }]));
}

/** Discounts and taxes of positions of one sense (sold, or come back), all figures at least zero. */
function priceAll(
  positions: readonly Position[],
  discount: Discount | undefined,
  exempt: boolean,
  classes: ReadonlyMap<string, ReadyClass>,
  rounding: TaxRounding,
): [CartLine, LineAmounts][] {
  const reduced = positions.map((position) => position.grossMinor - position.discountMinor);
  const cartDiscount = discountOf(
    discount,
    reduced.reduce((a, b) => a + b, 0),
  );
  const shares = allocate(cartDiscount, reduced, reduced);
  const taxables = positions.map((position, at) => {
    const { taxes, formula } = classes.get(position.taxClassId) ?? noTaxes;
    const priceMinor = reduced[at]! - shares[at]!;
    return { priceMinor, taxes, exact: exactTaxes(formula, whole(priceMinor), position.quantityMilli) };
  });
  const taxAmounts = roundTaxes(taxables, rounding);
  return positions.flatMap((position, at) =>
    spreadOverLines(position, shares[at]!, taxables[at]!.taxes, taxAmounts[at]!, exempt),
  );
}

function figuresOf(
  line: CartLine,
  figures: ReadonlyMap<CartLine, LineAmounts>,
  excess: ReadonlySet<CartLine>,
): LineAmounts {
  if (line.returned?.kind === "receipt" && !excess.has(line)) return negate(line.returned.share);
  return figures.get(line) ?? zeroAmounts;
}

function lineTotals(line: CartLine, amounts: LineAmounts, cartDiscount: Discount | undefined): LineTotals {
  const back = isReturn(line);
  const own = line.discount?.reason ?? line.returned?.reason ?? "";
  const discounts: LineTotals["discounts"] = [
    { of: "line" as const, amountMinor: amounts.discountMinor, reason: own },
    {
      of: "cart" as const,
      amountMinor: amounts.cartDiscountMinor,
      reason: back ? (line.returned?.reason ?? "") : (cartDiscount?.reason ?? ""),
    },
  ];
  return {
    ...amounts,
    lineId: line.lineId,
    isReturn: back,
    quantityMilli: back ? 0 - Math.abs(line.quantityMilli) : line.quantityMilli,
    unitPriceMinor: unitPriceOf(line),
    subtotalMinor: amounts.grossMinor - amounts.discountMinor,
    discounts: discounts.filter((discount) => discount.amountMinor !== 0),
  };
}

function problemsOf(
  priced: readonly CartLine[],
  excess: ReadonlySet<CartLine>,
  classes: ReadonlyMap<string, ReadyClass>,
): CartProblem[] {
  const problems: CartProblem[] = [...excess].map((line) => ({ type: "too-large", lineId: line.lineId }));
  for (const { lineId, item } of priced)
    if (!classes.has(item.taxClassId))
      problems.push({ type: "unknown-tax-class", lineId, taxClassId: item.taxClassId });
  return problems;
}

function sumUp(
  totals: readonly LineTotals[],
  lines: readonly CartLine[],
  rules: CartRules,
  problems: readonly CartProblem[],
): CartTotals {
  const sum = (figure: (line: LineTotals) => number): number =>
    totals.reduce((all, line) => all + figure(line), 0);
  const ages = lines.filter((line) => !isReturn(line)).map((line) => line.item.ageYears ?? 0);
  const netMinor = sum((line) => line.netMinor);
  const totalMinor = sum((line) => line.totalMinor);
  return {
    lines: totals,
    subtotalMinor: sum((line) => line.subtotalMinor),
    cartDiscountMinor: sum((line) => line.cartDiscountMinor),
    savingsMinor: sum((line) => (line.isReturn ? 0 : line.discountMinor + line.cartDiscountMinor)),
    exemptedMinor: sum((line) => line.exemptedMinor),
    netMinor,
    taxMinor: totalMinor - netMinor,
    taxes: taxTotals(totals, rules.taxClasses),
    totalMinor,
    ageNeeded: ages.reduce((most, age) => Math.max(most, age), 0) || null,
    problems,
  };
}
