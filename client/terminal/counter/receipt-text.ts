import type { HashHex } from "#schema/bytes.ts";
import type { ReceiptEntry, TradeFold } from "#schema/documents/fold/trade.ts";
import type { TillRecord } from "#schema/documents/record.ts";
import type { ReceiptBody } from "#schema/documents/record-body.ts";
import type { TaxTotal } from "#schema/domain/cart/cart.ts";
import { formatLocal } from "#schema/domain/day/trading-day.ts";
import { currencyOf } from "#schema/domain/money/currency.ts";
import { type ReceiptContent, type ReceiptItem, layOutReceipt } from "#schema/domain/receipt/layout.ts";
import type { ReceiptLine } from "#schema/wire/views.ts";
import { receiptNumber } from "./cart-access.ts";
import { type CounterContext, settingsOf } from "./context.ts";

/** A receipt in words, from its record alone; the same on every till and years later. */
export function receiptText(context: CounterContext, hash: HashHex, copy: boolean): ReceiptLine[] {
  const { trade } = context.shop;
  const entry = trade.receipts.get(hash);
  const record = trade.receiptRecord(hash);
  if (!entry || !record) throw new Error(`no such receipt: ${hash}`);
  const settings = settingsOf(context);
  const { code, digits } = currencyOf(settings.currency);
  const common = {
    storeName: settings.name,
    header: settings.receiptHeader,
    footer: settings.receiptFooter,
    time: formatLocal(record.time, settings.timeZone),
    number: receiptNumber(entry),
    tillLabel: context.shop.labelOf(record.device),
    staffName: entry.staff,
    copy,
    barcode: receiptNumber(entry),
  };
  const content = contentOf(record, entry, trade, common, methodNames(context));
  return layOutReceipt(content, context.words, { code, digits });
}

type Common = Pick<
  ReceiptContent,
  "storeName" | "header" | "footer" | "time" | "number" | "tillLabel" | "staffName" | "copy"
> & { readonly barcode: string };

function contentOf(
  record: TillRecord,
  entry: ReceiptEntry,
  trade: TradeFold,
  common: Common,
  nameOf: (method: string) => string,
): ReceiptContent {
  if (record.kind === "void") {
    const { body } = record;
    const of = trade.receipts.get(body.of as HashHex);
    return {
      ...common,
      kind: "void",
      ...(of ? { ofNumber: receiptNumber(of) } : {}),
      lines: [],
      subtotalMinor: body.total,
      cartDiscounts: [],
      exemptedMinor: 0,
      taxes: body.taxes.map(taxRow),
      totalMinor: body.total,
      roundingMinor: 0,
      tenders: body.tenders.map(({ method, amount }) => ({
        methodName: nameOf(method),
        amountMinor: amount,
      })),
      changeMinor: 0,
      savingsMinor: 0,
    };
  }
  if (record.kind !== "sale" && record.kind !== "refund") throw new Error(`not a receipt: ${entry.hash}`);
  const { body } = record;
  return {
    ...common,
    kind: record.kind,
    ...(body.customer
      ? {
          customer: {
            name: body.customer.name,
            ...(body.customer.certificate === undefined
              ? {}
              : { taxExemptCertificate: body.customer.certificate }),
          },
        }
      : {}),
    lines: body.lines.map((line) => itemOf(line, trade)),
    subtotalMinor: body.subtotal,
    cartDiscounts: cartDiscounts(body),
    exemptedMinor: body.lines.reduce((sum, line) => sum + line.exempted, 0),
    taxes: body.taxes.map(taxRow),
    totalMinor: body.total,
    roundingMinor: body.rounding,
    tenders: body.tenders.map(({ method, amount }) => ({ methodName: nameOf(method), amountMinor: amount })),
    changeMinor: body.change,
    savingsMinor: body.savings,
  };
}

function itemOf(line: ReceiptBody["lines"][number], trade: TradeFold): ReceiptItem {
  const original = line.of ? trade.receipts.get(line.of.record as HashHex) : undefined;
  return {
    name: line.name,
    quantityMilli: line.qty,
    unit: line.unit,
    unitPriceMinor: line.price,
    ...(line.was ? { was: { priceMinor: line.was.price, reason: line.was.reason } } : {}),
    grossMinor: line.gross,
    discounts: line.reasons
      .filter((one) => one.of === "line")
      .map(({ amount, reason }) => ({ amountMinor: amount, reason })),
    isReturn: line.qty < 0,
    ...(line.reason === undefined ? {} : { returnReason: line.reason }),
    ...(original ? { ofNumber: receiptNumber(original) } : {}),
  };
}

function cartDiscounts(body: ReceiptBody): { amountMinor: number; reason: string }[] {
  const byReason = new Map<string, number>();
  for (const line of body.lines)
    for (const { of, amount, reason } of line.reasons)
      if (of === "cart") byReason.set(reason, (byReason.get(reason) ?? 0) + amount);
  return [...byReason].map(([reason, amountMinor]) => ({ reason, amountMinor }));
}

function taxRow(tax: ReceiptBody["taxes"][number]): TaxTotal {
  return {
    taxId: tax.tax,
    name: tax.name,
    ratePpm: tax.ratePpm,
    included: tax.included,
    treatment: tax.treatment,
    baseMinor: tax.base,
    taxMinor: tax.amount,
  };
}

function methodNames(context: CounterContext): (method: string) => string {
  const names = new Map(settingsOf(context).tenderMethods.map((method) => [method.id, method.name]));
  return (method) => names.get(method) ?? method;
}
