import type { RetailRow } from "#fixtures/online-retail.ts";

/** Part of what a row of a cancellation takes back: so many pieces of a row of an earlier invoice. */
export interface TakenBack {
  readonly invoice: string;
  /** Position in that invoice's rows. */
  readonly row: number;
  readonly pieces: number;
}

export type PlannedInvoice =
  | { readonly type: "sale"; readonly invoice: string; readonly rows: readonly RetailRow[] }
  | {
      readonly type: "refund";
      readonly invoice: string;
      /** `of`: where it was sold; empty when that was on another day. */
      readonly rows: readonly { readonly row: RetailRow; readonly of: readonly TakenBack[] }[];
    }
  | { readonly type: "adjustment"; readonly invoice: string; readonly rows: readonly RetailRow[] };

/** Codes that are no goods: a sum keyed by hand, postage, carriage, fees, samples. They are sold under a department. */
export function isService(stockCode: string): boolean {
  return !/^\d/.test(stockCode);
}

/**
 * The invoices in the order of their times. A cancelled row belongs to what the same customer bought before, of the
 * same goods and at the same price, where all of it can be found; otherwise it has no receipt.
 */
export function planInvoices(rows: readonly RetailRow[]): readonly PlannedInvoice[] {
  const invoices = new Map<string, RetailRow[]>();
  for (const row of rows.toSorted((a, b) => (a.time < b.time ? -1 : a.time > b.time ? 1 : 0))) {
    const known = invoices.get(row.invoice);
    if (known) known.push(row);
    else invoices.set(row.invoice, [row]);
  }
  const bought = new Map<string, { invoice: string; row: number; left: number }[]>();
  return [...invoices].map(([invoice, itsRows]): PlannedInvoice => {
    const { kind } = itsRows[0]!;
    if (itsRows.some((row) => row.kind !== kind)) throw new Error(`invoice ${invoice} is of two kinds`);
    if (kind === "adjustment") return { type: "adjustment", invoice, rows: itsRows };
    if (kind === "sale") {
      for (const [at, row] of itsRows.entries()) {
        const key = boughtKey(row);
        const purchases = bought.get(key) ?? [];
        bought.set(key, purchases);
        purchases.push({ invoice, row: at, left: row.quantity });
      }
      return { type: "sale", invoice, rows: itsRows };
    }
    return {
      type: "refund",
      invoice,
      rows: itsRows.map((row) => ({ row, of: takeBack(bought.get(boughtKey(row)) ?? [], -row.quantity) })),
    };
  });
}

function boughtKey(row: RetailRow): string {
  return `${row.customer} ${row.stockCode} ${row.unitPricePence}`;
}

/** All or nothing. */
function takeBack(
  purchases: readonly { readonly invoice: string; readonly row: number; left: number }[],
  pieces: number,
): readonly TakenBack[] {
  if (purchases.reduce((sum, one) => sum + one.left, 0) < pieces) return [];
  const taken: TakenBack[] = [];
  let wanted = pieces;
  for (const purchase of purchases) {
    const some = Math.min(wanted, purchase.left);
    if (some <= 0) continue;
    purchase.left -= some;
    wanted -= some;
    taken.push({ invoice: purchase.invoice, row: purchase.row, pieces: some });
  }
  return taken;
}
