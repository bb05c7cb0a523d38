import { currencyTable } from "./currency-table.ts";

/** An ISO 4217 code that has minor units. */
export type CurrencyCode = keyof typeof currencyTable;

export interface Currency {
  readonly code: CurrencyCode;
  /** Digits after the point: a minor unit is 10 to the minus this. */
  readonly digits: number;
  /** The smallest amount customarily paid in cash, in minor units; 1 where nothing is rounded. A store may differ. */
  readonly cashStepMinor: number;
}

export const currencyCodes: readonly CurrencyCode[] = Object.keys(currencyTable).filter(isCurrencyCode);

export function isCurrencyCode(code: string): code is CurrencyCode {
  return Object.hasOwn(currencyTable, code);
}

export function currencyOf(code: CurrencyCode): Currency {
  const facts: { readonly digits: number; readonly cashStepMinor?: number } = currencyTable[code];
  return { code, digits: facts.digits, cashStepMinor: facts.cashStepMinor ?? 1 };
}
