import { afterAll, beforeAll, expect, test } from "vitest";
import { loadRetailDay, loadRetailTotals } from "#fixtures/online-retail.ts";
import type { ReportView } from "#schema/wire/views.ts";
import { until } from "../process/support/until.ts";
import { isService } from "./plan.ts";
import { type PlayedInvoice, replay } from "./replay.ts";
import { type RetailShop, openRetailShop } from "./retail-shop.ts";
import { openingStock } from "./retail-store.ts";

/**
 * A busy day of Online Retail (fixtures/online-retail/SOURCE.md) through three real tills, their relay and headquarters.
 * Every expected figure is the file's own, reckoned by extract.py in Python without Tillmesh.
 */
const rows = loadRetailDay();
const expected = loadRetailTotals();
const sum = (amounts: readonly number[]): number => amounts.reduce((total, amount) => total + amount, 0);

let shop: RetailShop;
let played: readonly PlayedInvoice[];

beforeAll(async () => {
  shop = await openRetailShop(rows, 3);
  played = await replay(rows, shop.bookPence, shop.staffed);
});
afterAll(() => shop?.close());

const penceOf = (type: PlayedInvoice["type"]): number[] =>
  played.filter((one) => one.type === type).map((one) => expected.penceByInvoice[one.invoice]!);

test("every invoice of the file comes to what the file says, to the penny", () => {
  const byInvoice = Object.fromEntries(played.map((one) => [one.invoice, one.receipt?.totalMinor ?? 0]));
  expect(byInvoice).toEqual(expected.penceByInvoice);
  expect(sum(penceOf("sale"))).toBe(expected.salesPence);
  expect(sum(penceOf("refund"))).toBe(expected.cancellationsPence);
});

test("cancellations come back by receipt where the file has it, from other tills as well", () => {
  const counts = played.map((one) => one.returns);
  expect(sum(counts.map((one) => one.byReceipt))).toBe(expected.cancellationRowsWithOriginalOnTheDay);
  expect(sum(counts.map((one) => one.without))).toBe(expected.cancellationRowsWithout);
  expect(sum(counts.map((one) => one.fromOtherTill))).toBeGreaterThan(0);
});

test("every till reports the day as the file has it", async () => {
  const receipts = played.filter((one) => one.receipt !== null);
  const sales = penceOf("sale").length;
  const refunds = penceOf("refund").length;
  for (const till of shop.tills) {
    const report = await until("the till has heard of every sale", async () => {
      const now = await till.client.command("report", { day: shop.day });
      return now.sales >= sales && now.refunds >= refunds && now;
    });
    expect({ ...report, tills: grossByDevice(report) }).toMatchObject({
      sales,
      refunds,
      voids: 0,
      grossMinor: expected.totalPence,
      tills: expectedByDevice(),
    });
    expect(report.netMinor + sum(report.taxes.map((tax) => tax.taxMinor))).toBe(expected.totalPence);
    expect(sum(report.tenders.map((tender) => tender.amountMinor))).toBe(expected.totalPence);
    for (const place of [0, 1, 2]) {
      const { device } = shop.tills[place]!;
      const own = await till.client.command("report", { day: shop.day, device });
      expect(own.grossMinor).toBe(expectedByDevice()[device]);
    }
    const found = (await till.client.command("findReceipts", { day: shop.day, limit: 200 })).receipts;
    expect(Object.fromEntries(found.map((one) => [one.receiptId, one.totalMinor]))).toEqual(
      Object.fromEntries(
        receipts.map((one) => [one.receipt!.receiptId, expected.penceByInvoice[one.invoice]]),
      ),
    );
    expect((await till.client.command("exceptions", {})).exceptions).toEqual([]);
  }
});

test("every till has the stock that the file leaves", async () => {
  const goods = Object.entries(expected.quantityByStockCode).filter(([code]) => !isService(code));
  const left = Object.fromEntries(
    goods.map(([code, quantity]) => [code, (openingStock - quantity) * 1000] as const),
  );
  const adjusted = rows.filter((row) => row.kind === "adjustment");
  // An adjustment is written off, not sold: its quantity is below zero in the file and leaves the shelf.
  for (const row of adjusted) left[row.stockCode] = left[row.stockCode]! + 2 * row.quantity * 1000;
  for (const till of shop.tills) {
    const stock: Record<string, number | null> = {};
    for (let offset = 0; ; offset += 500) {
      const page = await till.client.command("search", { text: "", limit: 500, offset });
      for (const item of page.items) if (!isService(item.itemId)) stock[item.itemId] = item.stockMilli;
      if (offset + 500 >= page.total) break;
    }
    expect(stock).toEqual(left);
  }
});

test("headquarters, which only read along, has the same figures", async () => {
  const report = await until("headquarters has heard of every sale", async () => {
    const now = await shop.headquarters();
    return now.sales + now.refunds >= penceOf("sale").length + penceOf("refund").length && now;
  });
  expect(report).toMatchObject({
    sales: penceOf("sale").length,
    refunds: penceOf("refund").length,
    voids: 0,
    gross: expected.totalPence,
    exceptions: 0,
    faults: [],
  });
  expect(report.net + sum(report.taxes.map((tax) => tax.amount))).toBe(expected.totalPence);
  expect(sum(report.tenders.map((tender) => tender.amount))).toBe(expected.totalPence);
  expect(Object.fromEntries(report.tills.map((till) => [till.device, till.gross]))).toEqual(
    expectedByDevice(),
  );
});

function grossByDevice(report: ReportView): Record<string, number> {
  return Object.fromEntries(report.tills.map((till) => [till.device, till.grossMinor]));
}

function expectedByDevice(): Record<string, number> {
  const pence = (place: number): number =>
    sum(played.filter((one) => one.till === place).map((one) => expected.penceByInvoice[one.invoice]!));
  return Object.fromEntries(shop.tills.map((till, place) => [till.device, pence(place)]));
}
