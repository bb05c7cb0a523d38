import { type CashRounding, roundCash } from "../money/cash-rounding.ts";

export interface TenderMethod {
  readonly id: string;
  readonly name: string;
  readonly kind: "cash" | "card" | "other";
  /** More than is due may be taken and the rest handed out in cash. Cash always does; others when this is true. */
  readonly givesChange?: boolean;
}

/** Money taken; below zero: paid out. */
export interface Tender {
  /** A tender method's id. */
  readonly method: string;
  readonly amountMinor: number;
}

export interface TenderRules {
  readonly tenderMethods: readonly TenderMethod[];
  readonly cashRounding: CashRounding;
}

/**
 * Where payment stands. When `paid`: tenders - change = total + rounding.
 */
export interface Settlement {
  /** Still to pay by anything but cash; below zero: still to give back. 0 when paid. */
  readonly dueMinor: number;
  /** The same when the rest is settled in cash. */
  readonly dueCashMinor: number;
  /** Cash to hand back, when paid. */
  readonly changeMinor: number;
  /** What cash rounding added to (or took from) what the customer pays, when paid. */
  readonly roundingMinor: number;
  readonly paid: boolean;
}

/**
 * Settles a total (below zero: the shop owes) with tenders. Only the part that cash covers is rounded: the total less
 * all other tenders, so the order in which tenders came does not matter. Change comes out of cash and of methods that
 * give change; any other excess stays due, below zero, until it is paid out by a tender below zero.
 */
export function settle(totalMinor: number, tenders: readonly Tender[], rules: TenderRules): Settlement {
  const kinds = new Map(rules.tenderMethods.map((method) => [method.id, method]));
  const isCash = (tender: Tender): boolean => kinds.get(tender.method)?.kind === "cash";
  const cash = sum(tenders.filter(isCash));
  const other = sum(tenders.filter((tender) => !isCash(tender)));
  const due = totalMinor - other - cash;
  if (due === 0) return { dueMinor: 0, dueCashMinor: 0, changeMinor: 0, roundingMinor: 0, paid: true };

  const cashPart = totalMinor - other;
  const cashPartRounded = roundCash(cashPart, rules.cashRounding);
  const roundingMinor = cashPartRounded - cashPart;
  const dueCashMinor = cashPartRounded - cash;
  if (dueCashMinor === 0 && tenders.some(isCash))
    return { dueMinor: 0, dueCashMinor: 0, changeMinor: 0, roundingMinor, paid: true };
  // Cash between the exact and the rounded sum, in coins that the rounding says are gone: settled as it is.
  if (due > 0 !== dueCashMinor > 0 && dueCashMinor !== 0 && tenders.some(isCash))
    return { dueMinor: 0, dueCashMinor: 0, changeMinor: 0, roundingMinor: 0 - due, paid: true };
  const changeable = sum(
    tenders.filter((tender) => tender.amountMinor > 0 && canGiveChange(kinds.get(tender.method))),
  );
  if (dueCashMinor <= 0 && due < 0 && -due <= changeable)
    return { dueMinor: 0, dueCashMinor: 0, changeMinor: 0 - dueCashMinor, roundingMinor, paid: true };
  return { dueMinor: due, dueCashMinor, changeMinor: 0, roundingMinor: 0, paid: false };
}

export type TenderRefusal =
  | { readonly type: "unknown-method"; readonly method: string }
  | { readonly type: "already-paid" }
  /** Taking when the shop owes, or paying out when the customer does. */
  | { readonly type: "wrong-direction"; readonly dueMinor: number }
  /** More than is due, by a method that gives no change; or paid out more than is owed. */
  | { readonly type: "over-tender"; readonly dueMinor: number };

/** Whether one more tender may be taken; null when it may. Unusual sums are another matter: see `limits/`. */
export function refuseTender(
  totalMinor: number,
  tenders: readonly Tender[],
  next: Tender,
  rules: TenderRules,
): TenderRefusal | null {
  const method = rules.tenderMethods.find((one) => one.id === next.method);
  if (!method) return { type: "unknown-method", method: next.method };
  const before = settle(totalMinor, tenders, rules);
  if (before.paid) return { type: "already-paid" };
  const due = method.kind === "cash" ? before.dueCashMinor : before.dueMinor;
  // An amount that cash rounds away is settled by a cash tender of nothing.
  if (next.amountMinor === 0) return due === 0 ? null : { type: "wrong-direction", dueMinor: due };
  if (next.amountMinor > 0 !== before.dueMinor > 0) return { type: "wrong-direction", dueMinor: due };
  const excess = Math.abs(next.amountMinor) > Math.abs(due);
  if (excess && (next.amountMinor < 0 || !canGiveChange(method)))
    return { type: "over-tender", dueMinor: due };
  return null;
}

function canGiveChange(method: TenderMethod | undefined): boolean {
  return method !== undefined && (method.kind === "cash" || method.givesChange === true);
}

function sum(tenders: readonly Tender[]): number {
  return tenders.reduce((all, tender) => all + tender.amountMinor, 0);
}
