import type { RetailRow } from "#fixtures/online-retail.ts";
import { isService } from "./plan.ts";

/** Pieces of everything at the start: nothing runs out. */
export const openingStock = 100_000;
export const goodsDepartment = "goods";
export const serviceDepartment = "services";

/**
 * The seller of Online Retail as a store of ours: a British shop that shows prices with VAT in them, so that what is
 * paid is what the file says. `noonMinutes`: minutes after midnight, UTC, that are far from the turn of its trading day.
 */
export function retailStore(noonMinutes: number, tills: number, relay: string) {
  return {
    settings: {
      name: "Online Retail",
      currency: "GBP",
      timeZone: "UTC",
      dayBoundaryMinutes: (noonMinutes + 720) % 1440,
      taxClasses: [
        {
          id: "standard",
          name: "Standard",
          taxes: [{ id: "vat", name: "VAT 20%", kind: "percent", percent: "20", included: true }],
        },
      ],
      departments: [
        { id: goodsDepartment, name: "Gifts", taxClassId: "standard" },
        { id: serviceDepartment, name: "Postage and sums by hand", taxClassId: "standard" },
      ],
      tenderMethods: [
        { id: "cash", name: "Cash", kind: "cash" },
        { id: "card", name: "Card", kind: "card" },
      ],
    },
    staff: [
      { id: "maria", name: "Maria Lindqvist", role: "manager", pin: "9999" },
      { id: "anna", name: "Anna Byrne", role: "cashier", pin: "1111" },
    ],
    tills,
    relay,
  };
}

/** Every stock code once, at the price it was sold at most often; what is no goods has an open price. */
export function retailPriceBook(rows: readonly RetailRow[]): {
  readonly csv: string;
  readonly pence: ReadonlyMap<string, number>;
} {
  const pence = usualPrices(rows);
  const names = new Map<string, string>();
  for (const row of rows) if (!names.get(row.stockCode)) names.set(row.stockCode, row.description);
  const lines = [...names].map(([code, name]) =>
    isService(code)
      ? [code, quoted(name || code), "open", serviceDepartment, ""].join(",")
      : [code, quoted(name || code), (pence.get(code)! / 100).toFixed(2), goodsDepartment, openingStock].join(
          ",",
        ),
  );
  return { csv: ["item_id,name,price,department,stock", ...lines].join("\n"), pence };
}

function usualPrices(rows: readonly RetailRow[]): ReadonlyMap<string, number> {
  const counts = new Map<string, Map<number, number>>();
  for (const { stockCode, unitPricePence } of rows) {
    const byPrice = counts.get(stockCode) ?? new Map<number, number>();
    counts.set(stockCode, byPrice);
    byPrice.set(unitPricePence, (byPrice.get(unitPricePence) ?? 0) + 1);
  }
  const usual = (byPrice: ReadonlyMap<number, number>): number =>
    [...byPrice].toSorted((a, b) => b[1] - a[1] || a[0] - b[0])[0]![0];
  return new Map([...counts].map(([code, byPrice]) => [code, usual(byPrice)]));
}

function quoted(text: string): string {
  return `"${text.replaceAll('"', '""')}"`;
}
