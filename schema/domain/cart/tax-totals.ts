import type { TaxClass } from "../tax/tax.ts";
import type { LineAmounts, TaxTotal } from "./cart.ts";

/**
 * The tax table of a receipt: each tax at each rate with its base and amount, in the order of the store's classes,
 * and the goods without any tax last. Rows whose base and tax are both zero stay, since they were sold.
 */
export function taxTotals(
  lines: readonly Pick<LineAmounts, "netMinor" | "taxes">[],
  taxClasses: readonly TaxClass[],
): TaxTotal[] {
  const known = taxClasses.flatMap((taxClass) => taxClass.taxes);
  const rows = new Map<string, TaxTotal>();
  const count = (row: TaxTotal): void => {
    const key = JSON.stringify([row.taxId, row.ratePpm, row.included]);
    const before = rows.get(key);
    rows.set(key, {
      ...row,
      baseMinor: row.baseMinor + (before?.baseMinor ?? 0),
      taxMinor: row.taxMinor + (before?.taxMinor ?? 0),
    });
  };
  for (const line of lines) {
    for (const tax of line.taxes)
      count({
        ...tax,
        name: known.find((one) => one.id === tax.taxId)?.name ?? tax.taxId,
        treatment: tax.ratePpm === 0 ? "zero-rated" : "taxed",
      });
    if (line.taxes.length === 0)
      count({
        taxId: null,
        name: "",
        ratePpm: null,
        included: true,
        treatment: "exempt",
        baseMinor: line.netMinor,
        taxMinor: 0,
      });
  }
  const place = (row: TaxTotal): number => {
    const at = known.findIndex((tax) => tax.id === row.taxId);
    return row.taxId === null ? known.length + 1 : at < 0 ? known.length : at;
  };
  return [...rows.values()].sort((a, b) => place(a) - place(b) || (b.ratePpm ?? 0) - (a.ratePpm ?? 0));
}
