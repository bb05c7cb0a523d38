import { type RoundingRule, roundToStep, whole } from "./rational.ts";

/** How amounts paid in cash are rounded, where the smallest coins are gone. `stepMinor` 1: not at all. */
export interface CashRounding {
  readonly stepMinor: number;
  readonly rule: RoundingRule;
}

/** What is paid when an amount (below zero: paid out) is settled in cash. */
export function roundCash(amountMinor: number, rounding: CashRounding): number {
  if (rounding.stepMinor <= 1) return amountMinor;
  const rounded = Number(roundToStep(whole(amountMinor), rounding.stepMinor, rounding.rule));
  return rounded === 0 ? 0 : rounded;
}
