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
 * Amounts a customer is likely to hand over for what is due in cash: exactly that, then the next whole coins and notes
 * above it, ascending, at most `count`. Nothing is due: none.
 */
export function quickCash(dueCashMinor: number, currency: CurrencyCode, count = 4): number[] {
  if (dueCashMinor <= 0 || count <= 0) return [];
  const above = (handedOver[currency] ?? oneTwoFive(dueCashMinor)).map(
    (piece) => Math.ceil(dueCashMinor / piece) * piece,
  );
  const amounts = [...new Set([dueCashMinor, ...above])].sort((a, b) => a - b);
  if (amounts.length <= count) return amounts;
  // The exact amount, the nearest above it, and single notes rather than two odd heaps of coins.
  const pieces = new Set(handedOver[currency] ?? oneTwoFive(dueCashMinor));
  const chosen = new Set([amounts[0]!]);
  for (const amount of [...amounts.filter((one) => pieces.has(one)), ...amounts])
    if (chosen.size < count) chosen.add(amount);
  return [...chosen].sort((a, b) => a - b);
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
