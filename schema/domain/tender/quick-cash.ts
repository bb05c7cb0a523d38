import type { CurrencyCode } from "../money/currency.ts";

/**
 * Notes and common coins in minor units, descending, for the currencies most tills will meet: what people hand over.
 * Source: the central banks' lists of notes in circulation; coins only from about the value of a loaf of bread.
 */
const handedOver: Partial<Record<CurrencyCode, readonly number[]>> = {
  AED: [100_000, 50_000, 20_000, 10_000, 5000, 2000, 1000, 500, 100],
  AUD: [10_000, 5000, 2000, 1000, 500, 200, 100],
  BRL: [20_000, 10_000, 5000, 2000, 1000, 500, 200, 100],
  CAD: [10_000, 5000, 2000, 1000, 500, 200, 100],
  CHF: [20_000, 10_000, 5000, 2000, 1000, 500, 200, 100],
  CZK: [500_000, 200_000, 100_000, 50_000, 20_000, 10_000, 5000, 2000, 1000],
  DKK: [50_000, 20_000, 10_000, 5000, 2000, 1000],
  EUR: [10_000, 5000, 2000, 1000, 500, 200, 100],
  GBP: [5000, 2000, 1000, 500, 200, 100],
  HUF: [2_000_000, 1_000_000, 500_000, 200_000, 100_000, 50_000, 20_000, 10_000],
  ILS: [20_000, 10_000, 5000, 2000, 1000, 500],
  INR: [50_000, 20_000, 10_000, 5000, 2000, 1000],
  JPY: [10_000, 5000, 1000, 500, 100],
  MXN: [100_000, 50_000, 20_000, 10_000, 5000, 2000, 1000],
  NOK: [50_000, 20_000, 10_000, 5000, 2000, 1000],
  NZD: [10_000, 5000, 2000, 1000, 500, 200, 100],
  PLN: [50_000, 20_000, 10_000, 5000, 2000, 1000, 500],
  SEK: [50_000, 20_000, 10_000, 5000, 2000, 1000],
  TRY: [20_000, 10_000, 5000, 2000, 1000, 500],
  USD: [10_000, 5000, 2000, 1000, 500, 100],
  ZAR: [20_000, 10_000, 5000, 2000, 1000, 500],
};

/**
 * Amounts a customer is likely to hand over for what is due in cash: exactly that, then what is over it and made of
 * one or two notes or coins, ascending, at most `count`. More pieces only where that leaves room. Nothing due: none.
 */
export function quickCash(dueCashMinor: number, currency: CurrencyCode, count = 4): number[] {
  if (dueCashMinor <= 0 || count <= 0) return [];
  const pieces = handedOver[currency] ?? oneTwoFive(dueCashMinor);
  const offers = [...new Set(pieces.map((piece) => Math.ceil(dueCashMinor / piece) * piece))]
    .filter((amount) => amount > dueCashMinor)
    .map((amount) => ({ amount, pieces: inPieces(amount, pieces) }))
    .filter((offer) => offer.amount - offer.pieces.at(-1)! < dueCashMinor)
    .sort((a, b) => Math.max(2, a.pieces.length) - Math.max(2, b.pieces.length) || a.amount - b.amount)
    .slice(0, count - 1);
  return [dueCashMinor, ...offers.map((offer) => offer.amount).sort((a, b) => a - b)];
}

/** How one would lay it down, the largest first; cut off after a dozen. */
function inPieces(amount: number, pieces: readonly number[]): number[] {
  const used: number[] = [];
  let left = amount;
  for (const piece of pieces) for (; left >= piece && used.length < 12; left -= piece) used.push(piece);
  return used;
}

/** The largest note customers hand over; 0 where it is not known. */
export function largestNote(currency: CurrencyCode): number {
  return handedOver[currency]?.[0] ?? 0;
}

/** 1, 2, 5 times powers of ten, around the amount. */
function oneTwoFive(dueMinor: number): number[] {
  const power = 10 ** Math.max(0, String(dueMinor).length - 2);
  return [1, 2, 5, 10, 20, 50, 100].map((step) => step * power).reverse();
}
