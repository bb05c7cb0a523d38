import type { CurrencyCode } from "../money/currency.ts";
import type { ConfirmLimits } from "../settings.ts";
import { largestNote } from "../tender/quick-cash.ts";

/** Something so unusual that the till asks whether it is meant; `figure` in the unit of what is asked about. */
export type Confirmation =
  | { readonly what: "quantity"; readonly figureMilli: number }
  | { readonly what: "price-zero" }
  | { readonly what: "price-far"; readonly priceMinor: number; readonly beforeMinor: number }
  | { readonly what: "tender"; readonly amountMinor: number; readonly dueMinor: number }
  | { readonly what: "float"; readonly amountMinor: number };

export function confirmQuantity(quantityMilli: number, limits: ConfirmLimits): Confirmation | null {
  const figureMilli = Math.abs(quantityMilli);
  return figureMilli >= limits.quantityMilli ? { what: "quantity", figureMilli } : null;
}

/** `beforeMinor` is the price so far; null for one that has none, such as an open-department sale. */
export function confirmPrice(
  priceMinor: number,
  beforeMinor: number | null,
  limits: ConfirmLimits,
): Confirmation | null {
  if (priceMinor === 0) return { what: "price-zero" };
  if (beforeMinor === null || beforeMinor === 0) return null;
  const change = BigInt(Math.abs(priceMinor - beforeMinor)) * 10_000n;
  return change > BigInt(limits.priceChangeBp) * BigInt(beforeMinor)
    ? { what: "price-far", priceMinor, beforeMinor }
    : null;
}

/**
 * Amount and due are both above zero, or both below for what the shop pays out. A single note is never asked about for
 * being many times a small sum: people do pay for a roll with a fifty.
 */
export function confirmTender(
  amountMinor: number,
  dueMinor: number,
  limits: ConfirmLimits,
  currency: CurrencyCode,
): Confirmation | null {
  const amount = Math.abs(amountMinor);
  const due = Math.abs(dueMinor);
  const manyTimes = BigInt(amount) > BigInt(limits.tenderTimes) * BigInt(due);
  const above = limits.tenderAboveMinor !== null && amount - due > limits.tenderAboveMinor;
  return above || (manyTimes && amount > largestNote(currency))
    ? { what: "tender", amountMinor, dueMinor }
    : null;
}

export function confirmFloat(amountMinor: number, limits: ConfirmLimits): Confirmation | null {
  return limits.floatMinor !== null && amountMinor > limits.floatMinor
    ? { what: "float", amountMinor }
    : null;
}
