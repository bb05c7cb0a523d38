import type { HashHex } from "#schema/bytes.ts";
import type { ReceiptEntry } from "#schema/documents/fold/trade.ts";
import { parseDecimal } from "#schema/domain/money/decimal.ts";
import { currencyOf } from "#schema/domain/money/currency.ts";
import type { ReceiptSummary } from "#schema/wire/views.ts";
import { receiptNumber } from "../cart-access.ts";
import { returnableOf } from "../cart-model.ts";
import { type CounterContext, settingsOf } from "../context.ts";
import { answer, refuse } from "../outcome.ts";
import { receiptText } from "../receipt-text.ts";
import type { ParsedInput, UseCase } from "../use-case.ts";

/** What lies in older days is opened when it is asked for: by its day, or by its number when no open day has it. */
export const findReceipts: UseCase<"findReceipts"> = async ({ context, command }, input) => {
  const { shop } = context;
  const closed = shop.closedJournals();
  for (const { name, day } of closed) if (day === input.day) await shop.openJournal(name);
  let found = search(context, input);
  if (input.day !== undefined || !/^[0-9a-f]{4}-\d+-\d+$/i.test(input.text?.trim() ?? ""))
    return answer({ receipts: found });
  for (const [at, { name }] of closed.entries()) {
    if (found.length > 0) break;
    command.onProgress?.(at / closed.length, "older days");
    await shop.openJournal(name);
    found = search(context, input);
  }
  return answer({ receipts: found });
};

function search(context: CounterContext, input: ParsedInput<"findReceipts">): ReceiptSummary[] {
  const wanted = (input.text ?? "").trim().toLowerCase();
  const amount = parseDecimal(wanted.replace(",", "."), currencyOf(settingsOf(context).currency).digits);
  const limit = input.limit ?? 50;
  const found: ReceiptEntry[] = [];
  const newestFirst = [...context.shop.trade.receipts.values()].toSorted(
    (a, b) => b.timeMs - a.timeMs || b.number - a.number,
  );
  for (const entry of newestFirst) {
    if (found.length >= limit) break;
    if (input.day !== undefined && entry.day !== input.day) continue;
    if (matches(context, entry, wanted, amount.ok ? amount.value : null)) found.push(entry);
  }
  return found.map((entry) => receiptSummary(context, entry));
}

export const receipt: UseCase<"receipt"> = ({ context }, input) => {
  const { trade } = context.shop;
  const hash = input.receiptId as HashHex;
  const entry = trade.receipts.get(hash);
  if (!entry) return refuse("unknown-receipt", "no such receipt on this till");
  const body = trade.receiptBody(hash);
  return answer({
    ...receiptSummary(context, entry),
    items: (body?.lines ?? []).map((line, at) => ({
      lineNo: at + 1,
      name: line.name,
      quantityMilli: line.qty,
      unit: line.unit,
      totalMinor: line.total,
      returnableMilli: returnableOf(trade, hash, body!, at + 1),
    })),
    receipt: receiptText(context, hash, false),
  });
};

export const reprint: UseCase<"reprint"> = ({ context }, input) => {
  const hash = input.receiptId as HashHex;
  if (!context.shop.trade.receipts.has(hash))
    return refuse("unknown-receipt", "no such receipt on this till");
  return answer({ receipt: receiptText(context, hash, true) });
};

export function receiptSummary(context: CounterContext, entry: ReceiptEntry): ReceiptSummary {
  return {
    receiptId: entry.hash,
    number: receiptNumber(entry),
    kind: entry.kind,
    timeMs: entry.timeMs,
    tillLabel: context.shop.labelOf(entry.device),
    staffName: entry.staff,
    totalMinor: entry.total,
    lines: entry.lines,
    voided: context.shop.trade.isVoided(entry.hash),
  };
}

/** By the number or its last part, by the amount, or by the name of something on it. */
function matches(
  context: CounterContext,
  entry: ReceiptEntry,
  wanted: string,
  amount: number | null,
): boolean {
  if (wanted === "") return true;
  const number = receiptNumber(entry).toLowerCase();
  if (number === wanted || number.startsWith(wanted)) return true;
  if (number.endsWith(`-${wanted}`) || String(entry.number) === wanted) return true;
  if (amount !== null && Math.abs(entry.total) === amount) return true;
  if (/^[\d.,]+$/.test(wanted)) return false;
  const body = context.shop.trade.receiptBody(entry.hash);
  return (body?.lines ?? []).some(
    (line) => line.name.toLowerCase().includes(wanted) || line.item?.toLowerCase() === wanted,
  );
}
