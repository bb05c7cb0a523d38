import type { Gs1Element } from "./gs1-elements.ts";
import { type Gtin14, padGtin } from "./gtin.ts";

/** What a till uses of an element string. Absent: not in the code. */
export interface Gs1Facts {
  readonly gtin14?: Gtin14;
  readonly batch?: string;
  readonly serial?: string;
  /** Six digits as printed, `YYMMDD`; day 00 is the month's last. See `gs1Date`. */
  readonly expiryYymmdd?: string;
  readonly bestBeforeYymmdd?: string;
  readonly weightGrams?: number;
  /** Net volume, thousandths of a litre. */
  readonly volumeMl?: number;
  /** Pieces: (30) in a variable-count item, (37) in a trade unit. */
  readonly count?: number;
  /** What this piece costs, in the store currency's minor units. A price in another currency is left out. */
  readonly priceMinor?: number;
}

export interface Currency {
  /** Digits after the point. */
  readonly digits: number;
  /** ISO 4217 numeric code, such as 978; without it a price that names its currency is left out. */
  readonly numeric?: string;
}

/** Only integers: the last digit of the identifier says how many digits of the value stand after the point. */
export function factsOf(elements: readonly Gs1Element[], currency: Currency): Gs1Facts {
  const facts: { -readonly [Key in keyof Gs1Facts]: Gs1Facts[Key] } = {};
  for (const { ai, value } of elements) {
    if (ai === "01" || ai === "02") facts.gtin14 ??= padGtin(value);
    else if (ai === "10") facts.batch = value;
    else if (ai === "21") facts.serial = value;
    else if (ai === "17") facts.expiryYymmdd = value;
    else if (ai === "7003") facts.expiryYymmdd ??= value.slice(0, 6);
    else if (ai === "15") facts.bestBeforeYymmdd = value;
    else if (ai === "30" || ai === "37") facts.count = Number(value);
    else if (ai.startsWith("310")) facts.weightGrams = rescale(value, scaleOf(ai), 3);
    else if (ai.startsWith("320")) facts.weightGrams ??= poundsToGrams(value, scaleOf(ai));
    else if (ai.startsWith("315")) facts.volumeMl = rescale(value, scaleOf(ai), 3);
    else if (ai.startsWith("392")) facts.priceMinor = rescale(value, scaleOf(ai), currency.digits);
    else if (ai.startsWith("393") && value.slice(0, 3) === currency.numeric)
      facts.priceMinor = rescale(value.slice(3), scaleOf(ai), currency.digits);
    if (facts.priceMinor !== undefined && !Number.isSafeInteger(facts.priceMinor)) delete facts.priceMinor;
  }
  return facts;
}

/**
 * The day that six digits mean, by the century rule of the GS1 General Specifications, 7.12: 51 to 99 years ahead is
 * the century before, 50 to 99 years back the one after. Day 00 is the last day of the month.
 */
export function gs1Date(yymmdd: string, currentYear: number): { year: number; month: number; day: number } {
  const century = Math.floor(currentYear / 100) * 100;
  const difference = Number(yymmdd.slice(0, 2)) - (currentYear % 100);
  const shift = difference >= 51 ? -100 : difference <= -50 ? 100 : 0;
  const year = century + Number(yymmdd.slice(0, 2)) + shift;
  const month = Number(yymmdd.slice(2, 4));
  const day = Number(yymmdd.slice(4, 6));
  return { year, month, day: day === 0 ? lastDay(year, month) : day };
}

function lastDay(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
}

const scaleOf = (ai: string): number => ai.charCodeAt(3) - 48;

/** Digits with `from` of them after the point, as an integer with `to` of them: halves away from zero. */
function rescale(digits: string, from: number, to: number): number {
  const value = BigInt(digits);
  if (to >= from) return Number(value * 10n ** BigInt(to - from));
  const unit = 10n ** BigInt(from - to);
  return Number((value * 2n + unit) / (unit * 2n));
}

/** 1 lb = 453.59237 g exactly (international yard and pound agreement, 1959). */
function poundsToGrams(digits: string, scale: number): number {
  return rescale((BigInt(digits) * 45_359_237n).toString(), scale + 5, 0);
}
