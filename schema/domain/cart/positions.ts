import { allocate } from "../money/allocate.ts";
import { fraction, round } from "../money/rational.ts";
import type { CartLine, Discount } from "./cart.ts";

/**
 * A position: all lines that sell the same goods on the same terms. Everything that is rounded is rounded for the
 * position and then spread over its lines, so it makes no difference to the customer whether three were scanned one by
 * one, keyed as a quantity, or in what order. Weighed goods likewise: two bags of the same apples are one weight.
 */
export interface Position {
  /** The goods and terms as text: order by it, never by place in the cart. */
  readonly key: string;
  readonly isReturn: boolean;
  readonly taxClassId: string;
  /** Sorted by `lineId`; all amounts and quantities here are at least zero, returns too. */
  readonly lines: readonly PositionLine[];
  readonly quantityMilli: number;
  readonly grossMinor: number;
  readonly discountMinor: number;
}

interface PositionLine {
  readonly line: CartLine;
  readonly quantityMilli: number;
  readonly unitPriceMinor: number;
  readonly grossMinor: number;
  readonly discountMinor: number;
}

/** Positions by key. Lines that return by receipt are none of them: their figures are given. */
export function positionsOf(lines: readonly CartLine[]): Position[] {
  const byKey = new Map<string, CartLine[]>();
  for (const line of lines) {
    const key = keyOf(line);
    const members = byKey.get(key);
    if (members) members.push(line);
    else byKey.set(key, [line]);
  }
  return [...byKey].sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, members]) => positionOf(key, members));
}

export function isReturn(line: CartLine): boolean {
  return line.returned !== undefined || line.quantityMilli < 0;
}

/** What a unit of the line sells at; never below zero. */
export function unitPriceOf(line: CartLine): number {
  return Math.max(0, line.priceOverride?.priceMinor ?? line.item.unitPriceMinor);
}

function positionOf(key: string, members: readonly CartLine[]): Position {
  const lines = members.length === 1 ? members : [...members].sort((a, b) => (a.lineId < b.lineId ? -1 : 1));
  const quantities = lines.map((line) => Math.abs(line.quantityMilli));
  const thousandths = lines.map((line, at) => grossThousandths(line, quantities[at]!));
  const grossMinor = round(
    fraction(
      thousandths.reduce((a, b) => a + b, 0n),
      1000,
    ),
  );
  const gross = allocate(grossMinor, thousandths);
  const discountMinor = discountOn(lines, grossMinor);
  const discounts = spreadDiscount(lines, discountMinor, gross);
  return {
    key,
    isReturn: isReturn(lines[0]!),
    taxClassId: lines[0]!.item.taxClassId,
    lines: lines.map((line, at) => ({
      line,
      quantityMilli: quantities[at]!,
      unitPriceMinor: unitPriceOf(line),
      grossMinor: gross[at]!,
      discountMinor: discounts[at]!,
    })),
    quantityMilli: quantities.reduce((a, b) => a + b, 0),
    grossMinor,
    discountMinor,
  };
}

/** The reduction of an amount, at most the amount itself. */
export function discountOf(discount: Discount | undefined, amountMinor: number): number {
  if (!discount) return 0;
  const reduction =
    discount.kind === "percent"
      ? round(fraction(BigInt(discount.percentBp) * BigInt(amountMinor), 10_000))
      : discount.amountMinor;
  return Math.min(Math.max(0, reduction), amountMinor);
}

/** All lines of a position carry the same percentage, or amounts (for the same reason) that add up. */
function discountOn(lines: readonly CartLine[], grossMinor: number): number {
  const first = lines[0]!.discount;
  if (first?.kind !== "amount") return discountOf(first, grossMinor);
  return Math.min(
    lines.reduce((sum, line) => sum + amountOf(line), 0),
    grossMinor,
  );
}

function spreadDiscount(
  lines: readonly CartLine[],
  discountMinor: number,
  gross: readonly number[],
): number[] {
  const weights = lines[0]!.discount?.kind === "amount" ? lines.map(amountOf) : gross;
  return allocate(discountMinor, weights, gross);
}

function amountOf(line: CartLine): number {
  return line.discount?.kind === "amount" ? Math.max(0, line.discount.amountMinor) : 0;
}

function grossThousandths(line: CartLine, quantityMilli: number): bigint {
  return hasFixedTotal(line)
    ? BigInt(Math.max(0, line.fixedTotalMinor!)) * 1000n
    : BigInt(unitPriceOf(line)) * BigInt(quantityMilli);
}

function hasFixedTotal(line: CartLine): boolean {
  return line.fixedTotalMinor !== undefined && line.priceOverride === undefined;
}

/** The same text means: the same goods on the same terms. Barcode and age say nothing of terms. */
function keyOf(line: CartLine): string {
  const { item, discount, priceOverride } = line;
  return JSON.stringify([
    isReturn(line) ? ["return", line.returned?.reason ?? null] : ["sale"],
    item.itemId === null ? [item.departmentId, item.name] : [item.itemId],
    item.unit,
    item.unitPriceMinor,
    item.taxClassId,
    hasFixedTotal(line),
    priceOverride ? [priceOverride.priceMinor, priceOverride.reason] : null,
    discount ? [discount.kind, discount.kind === "percent" ? discount.percentBp : 0, discount.reason] : null,
  ]);
}
