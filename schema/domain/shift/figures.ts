import type { TaxTotal } from "../cart/cart.ts";

/** What moves in a shift, as the journal has it. Amounts in minor units; below zero for what was paid out. */
export type ShiftEntry =
  | { readonly type: "open"; readonly floatMinor: number }
  | {
      readonly type: "sale" | "refund" | "void";
      readonly totalMinor: number;
      readonly netMinor: number;
      readonly savingsMinor: number;
      readonly roundingMinor: number;
      readonly taxes: readonly TaxTotal[];
      /** As taken. A void's are what it paid back. */
      readonly tenders: readonly {
        readonly method: string;
        readonly kind: "cash" | "card" | "other";
        readonly amountMinor: number;
      }[];
      /** Handed back in cash. */
      readonly changeMinor: number;
    }
  | { readonly type: "cash"; readonly direction: "in" | "out" | "drop"; readonly amountMinor: number }
  | { readonly type: "no-sale" };

/** An X report while the shift is open, its Z report once closed. */
export interface ShiftFigures {
  readonly sales: number;
  readonly refunds: number;
  readonly voids: number;
  /** Drawer opened without a sale. */
  readonly noSales: number;
  /** Sales less refunds and voids, taxes included. */
  readonly takingsMinor: number;
  readonly netMinor: number;
  readonly savingsMinor: number;
  readonly roundingMinor: number;
  readonly taxes: readonly TaxTotal[];
  /** By method, in the order in which they first came; cash less the change that was given. */
  readonly tenders: readonly { readonly method: string; readonly amountMinor: number }[];
  readonly drawer: DrawerFigures;
}

/** `expected` is the sum of the others, with what was paid out and dropped taken off. */
interface DrawerFigures {
  readonly floatMinor: number;
  readonly cashTakenMinor: number;
  readonly cashPaidOutMinor: number;
  readonly changeMinor: number;
  readonly payInMinor: number;
  readonly payOutMinor: number;
  readonly dropMinor: number;
  readonly expectedMinor: number;
}

/** Adds up a shift. Change is cash, even on a sale that took none: it counts against `cashMethod`. */
export function shiftFigures(entries: readonly ShiftEntry[], cashMethod: string): ShiftFigures {
  const counts = { sale: 0, refund: 0, void: 0, "no-sale": 0 };
  const sums = { takingsMinor: 0, netMinor: 0, savingsMinor: 0, roundingMinor: 0 };
  const drawer = { float: 0, taken: 0, paidOut: 0, change: 0, in: 0, out: 0, drop: 0 };
  const tenders = new Map<string, number>();
  const taxes = new Map<string, TaxTotal>();
  const tender = (method: string, amountMinor: number): void => {
    tenders.set(method, (tenders.get(method) ?? 0) + amountMinor);
  };
  for (const entry of entries)
    switch (entry.type) {
      case "open":
        drawer.float += entry.floatMinor;
        break;
      case "cash":
        drawer[entry.direction] += entry.amountMinor;
        break;
      case "no-sale":
        counts["no-sale"]++;
        break;
      default:
        counts[entry.type]++;
        sums.takingsMinor += entry.totalMinor;
        sums.netMinor += entry.netMinor;
        sums.savingsMinor += entry.savingsMinor;
        sums.roundingMinor += entry.roundingMinor;
        for (const tax of entry.taxes) addTax(taxes, tax);
        for (const { method, kind, amountMinor } of entry.tenders) {
          tender(method, amountMinor);
          if (kind === "cash" && amountMinor >= 0) drawer.taken += amountMinor;
          else if (kind === "cash") drawer.paidOut -= amountMinor;
        }
        drawer.change += entry.changeMinor;
        if (entry.changeMinor !== 0) tender(cashMethod, -entry.changeMinor);
    }
  return {
    sales: counts.sale,
    refunds: counts.refund,
    voids: counts.void,
    noSales: counts["no-sale"],
    ...sums,
    taxes: [...taxes.values()],
    tenders: [...tenders].map(([method, amountMinor]) => ({ method, amountMinor })),
    drawer: {
      floatMinor: drawer.float,
      cashTakenMinor: drawer.taken,
      cashPaidOutMinor: drawer.paidOut,
      changeMinor: drawer.change,
      payInMinor: drawer.in,
      payOutMinor: drawer.out,
      dropMinor: drawer.drop,
      expectedMinor:
        drawer.float + drawer.taken - drawer.paidOut - drawer.change + drawer.in - drawer.out - drawer.drop,
    },
  };
}

/** Above zero: more in the drawer than there should be. */
export function overShort(expectedMinor: number, countedMinor: number): number {
  return countedMinor - expectedMinor;
}

function addTax(taxes: Map<string, TaxTotal>, tax: TaxTotal): void {
  const key = JSON.stringify([tax.taxId, tax.ratePpm, tax.included]);
  const before = taxes.get(key);
  taxes.set(key, {
    ...tax,
    baseMinor: tax.baseMinor + (before?.baseMinor ?? 0),
    taxMinor: tax.taxMinor + (before?.taxMinor ?? 0),
  });
}
