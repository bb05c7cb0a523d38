import type { CartLine } from "./cart.ts";
import { unitPriceOf } from "./positions.ts";

/** No line may cost more, in minor units. */
const maxLineMinor = 1_000_000_000_000;
/** No cart may come to more before tax: leaves room for any tax the settings allow below 2^53. */
const maxCartMinor = 10_000_000_000_000;
/** No cart may hold more of anything, in thousandths. */
const maxCartMilli = 1_000_000_000_000;

/** Lines that pass what can be counted exactly. They count for nothing, and the cart must not be sold. */
export function tooLarge(lines: readonly CartLine[]): ReadonlySet<CartLine> {
  const excess = new Set<CartLine>();
  let room = maxCartMinor;
  let roomMilli = maxCartMilli;
  for (const line of lines) {
    const worth = worthOf(line);
    const milli = Math.abs(line.quantityMilli);
    if (worth > maxLineMinor || worth > room || milli > roomMilli) excess.add(line);
    else {
      room -= worth;
      roomMilli -= milli;
    }
  }
  return excess;
}

function worthOf(line: CartLine): number {
  if (line.returned?.kind === "receipt")
    return Math.max(Math.abs(line.returned.share.grossMinor), Math.abs(line.returned.share.totalMinor));
  return line.fixedTotalMinor !== undefined && !line.priceOverride
    ? line.fixedTotalMinor
    : Math.ceil((unitPriceOf(line) * Math.abs(line.quantityMilli)) / 1000);
}
