import type { Language } from "../words/languages.ts";

/** Isolates a piece of text from the direction of what stands around it. */
const isolateLtr = (text: string): string => `\u2066${text}\u2069`;

export interface Formats {
  /** `£1,234.50`, digits left to right in every language; below zero with a real minus sign. */
  readonly money: (minor: number) => string;
  /** The same without the sign of the currency, for fields that are typed into. */
  readonly plainMoney: (minor: number) => string;
  /** `3`, `0.450 kg`, `1.5 l`. */
  readonly quantity: (milli: number, unit: "piece" | "kg" | "l") => string;
  readonly percent: (basisPoints: number) => string;
  /** With its sign, for changes: `+15.5%`. */
  readonly signedPercent: (basisPoints: number) => string;
  readonly clock: (ms: number) => string;
  readonly dateTime: (ms: number) => string;
  readonly day: (isoDay: string) => string;
  readonly count: (value: number) => string;
  /** For codes and numbers inside a sentence: keeps `590…` from being turned round in right-to-left text. */
  readonly code: (text: string | number) => string;
}

/** The formats of one store in one language. Times are shown in the store's zone. */
export function formatsFor(
  language: Language,
  store: { readonly currency: string; readonly currencyDigits: number; readonly timeZone: string },
): Formats {
  const scale = 10 ** store.currencyDigits;
  const digits = {
    minimumFractionDigits: store.currencyDigits,
    maximumFractionDigits: store.currencyDigits,
  };
  const money = new Intl.NumberFormat("en-GB", {
    style: "currency",
    currency: store.currency,
    currencyDisplay: "narrowSymbol",
    ...digits,
  });
  const plain = new Intl.NumberFormat("en-GB", { ...digits, useGrouping: false });
  const count = new Intl.NumberFormat("en-GB");
  const decimal = new Intl.NumberFormat("en-GB", { maximumFractionDigits: 3 });
  const weight = new Intl.NumberFormat("en-GB", { minimumFractionDigits: 3, maximumFractionDigits: 3 });
  const locale = language === "he" ? "he-IL" : "en-GB";
  const zone = { timeZone: store.timeZone };
  const clock = new Intl.DateTimeFormat(locale, { ...zone, hour: "2-digit", minute: "2-digit" });
  const dateTime = new Intl.DateTimeFormat(locale, { ...zone, dateStyle: "medium", timeStyle: "short" });
  const day = new Intl.DateTimeFormat(locale, { timeZone: "UTC", dateStyle: "full" });
  const units = language === "he" ? { kg: "ק״ג", l: "ליטר" } : { kg: "kg", l: "l" };
  return {
    money: (minor) => isolateLtr(money.format(minor / scale).replace("-", "−")),
    plainMoney: (minor) => plain.format(minor / scale),
    quantity: (milli, unit) =>
      unit === "piece"
        ? isolateLtr(decimal.format(milli / 1000).replace("-", "−"))
        : `${isolateLtr(weight.format(milli / 1000).replace("-", "−"))} ${units[unit]}`,
    percent: (basisPoints) => isolateLtr(`${decimal.format(basisPoints / 100).replace("-", "−")}%`),
    signedPercent: (basisPoints) =>
      isolateLtr(`${basisPoints < 0 ? "−" : "+"}${decimal.format(Math.abs(basisPoints) / 100)}%`),
    clock: (ms) => isolateLtr(clock.format(ms)),
    dateTime: (ms) => dateTime.format(ms),
    day: (isoDay) => day.format(new Date(`${isoDay}T00:00:00Z`)),
    count: (value) => isolateLtr(count.format(value)),
    code: (text) => isolateLtr(String(text)),
  };
}
