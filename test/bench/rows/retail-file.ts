import { readFileSync } from "node:fs";
import { type RetailRow, parseRetailRows } from "#fixtures/online-retail.ts";
import { until } from "../../process/support/until.ts";
import { replay } from "../../retail/replay.ts";
import { type RetailShop, openRetailShop } from "../../retail/retail-shop.ts";
import type { Row } from "../harness/row.ts";
import { figure } from "../harness/table.ts";

const tillCount = 3;
const longestWaitMs = 600_000;

/**
 * A whole file of Online Retail through three tills, a relay and headquarters, as one trading day: the totals of each
 * must be the file's to the penny. Rows with a price below zero, which correct the seller's books, are left out.
 */
export async function replayRetailFile(path: string): Promise<Row> {
  const rows = parseRetailRows(readFileSync(path, "utf8")).filter(
    ({ unitPricePence }) => unitPricePence >= 0,
  );
  const traded = rows.filter(({ kind }) => kind !== "adjustment");
  const pence = traded.reduce((sum, row) => sum + row.quantity * row.unitPricePence, 0);
  const invoices = countInvoices(rows);
  const shop = await openRetailShop(rows, tillCount);
  try {
    const began = performance.now();
    await replay(rows, shop.bookPence, shop.staffed);
    const seconds = (performance.now() - began) / 1000;
    const totals = await totalsEverywhere(shop, countInvoices(traded));
    return {
      name: "retail-file",
      ...{
        value: invoices / seconds,
        unit: "invoices/s",
        bar: null,
        ok: totals.every((one) => one === pence),
      },
      ...{ baseline: null, ratio: null },
      note:
        `${invoices} invoices with ${rows.length} rows in ${figure(seconds)} s; the file comes to ${pence} pence, the ` +
        `${tillCount} tills and headquarters to ${totals.join(", ")}`,
    };
  } finally {
    await shop.close();
  }
}

/** Of the tills in order, then of headquarters, once each has heard of all. */
async function totalsEverywhere(shop: RetailShop, invoices: number): Promise<number[]> {
  const tills = await Promise.all(
    shop.tills.map(({ client }) =>
      until(
        "the till has heard of every sale",
        async () => {
          const report = await client.command("report", { day: shop.day });
          return report.sales + report.refunds >= invoices && { total: report.grossMinor };
        },
        longestWaitMs,
      ),
    ),
  );
  const office = await until(
    "headquarters has heard of every sale",
    async () => {
      const report = await shop.headquarters();
      return report.sales + report.refunds >= invoices && { total: report.gross };
    },
    longestWaitMs,
  );
  return [...tills, office].map(({ total }) => total);
}

function countInvoices(rows: readonly RetailRow[]): number {
  return new Set(rows.map(({ invoice }) => invoice)).size;
}
