import { allocate } from "../money/allocate.ts";
import type { Tax } from "../tax/tax.ts";
import type { CartLine, LineAmounts, LineTax } from "./cart.ts";
import type { Position } from "./positions.ts";

export const zeroAmounts: LineAmounts = {
  grossMinor: 0,
  discountMinor: 0,
  cartDiscountMinor: 0,
  exemptedMinor: 0,
  netMinor: 0,
  taxes: [],
  totalMinor: 0,
};

/** The same figures with their signs turned: a sale as a return. */
export function negate(amounts: LineAmounts): LineAmounts {
  return {
    grossMinor: minus(amounts.grossMinor),
    discountMinor: minus(amounts.discountMinor),
    cartDiscountMinor: minus(amounts.cartDiscountMinor),
    exemptedMinor: minus(amounts.exemptedMinor),
    netMinor: minus(amounts.netMinor),
    taxes: amounts.taxes.map((tax) => ({
      ...tax,
      baseMinor: minus(tax.baseMinor),
      taxMinor: minus(tax.taxMinor),
    })),
    totalMinor: minus(amounts.totalMinor),
  };
}

/** A position's figures cut into its lines, by largest remainder, so that they add up to the position's exactly. */
export function spreadOverLines(
  position: Position,
  cartDiscountMinor: number,
  taxes: readonly Tax[],
  taxMinor: readonly number[],
  exempt: boolean,
): [CartLine, LineAmounts][] {
  const { lines } = position;
  const reduced = lines.map((line) => line.grossMinor - line.discountMinor);
  const cartDiscounts = allocate(cartDiscountMinor, reduced, reduced);
  const prices = reduced.map((amount, at) => amount - cartDiscounts[at]!);
  const quantities = lines.map((line) => line.quantityMilli);
  const nets = [...prices];
  const taxesOfLines = taxes.map((tax, index) => {
    const weights = tax.kind === "percent" && prices.some((price) => price > 0) ? prices : quantities;
    const parts = allocate(taxMinor[index]!, weights, tax.included ? nets : undefined);
    if (tax.included) for (const [at, part] of parts.entries()) nets[at]! -= part;
    return parts;
  });
  return lines.map((line, at) => {
    const own = taxesOfLines.map((parts) => parts[at]!);
    const charged = exempt ? [] : lineTaxes(taxes, own, nets[at]!);
    return [
      line.line,
      {
        grossMinor: line.grossMinor,
        discountMinor: line.discountMinor,
        cartDiscountMinor: cartDiscounts[at]!,
        exemptedMinor: exempt ? prices[at]! - nets[at]! : 0,
        netMinor: nets[at]!,
        taxes: charged,
        totalMinor: charged.reduce((sum, tax) => sum + tax.taxMinor, nets[at]!),
      },
    ];
  });
}

/** Each tax with the base that the receipt prints: the net and the taxes before it that enter its base. */
function lineTaxes(taxes: readonly Tax[], amounts: readonly number[], netMinor: number): LineTax[] {
  let later = netMinor;
  return taxes.map((tax, index) => {
    const taxMinor = amounts[index]!;
    const baseMinor = tax.kind === "fixed" || tax.onPriceOnly === true ? netMinor : later;
    if (tax.inLaterBase === true) later += taxMinor;
    return {
      taxId: tax.id,
      ratePpm: tax.kind === "percent" ? tax.ratePpm : null,
      included: tax.included,
      baseMinor,
      taxMinor,
    };
  });
}

function minus(value: number): number {
  return value === 0 ? 0 : -value;
}
