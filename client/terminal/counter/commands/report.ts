import type { DeviceId, HashHex } from "#schema/bytes.ts";
import type { TradeException } from "#schema/documents/fold/trade.ts";
import { negativeStock } from "#schema/domain/stock/movements.ts";
import type { ExceptionView, ReportView } from "#schema/wire/views.ts";
import { type CounterContext, today } from "../context.ts";
import { answer, refuse } from "../outcome.ts";
import type { UseCase } from "../use-case.ts";
import { receiptSummary } from "./receipts.ts";
import { appendOr, staffOf } from "./shift.ts";

export const report: UseCase<"report"> = ({ context }, input) => {
  const day = input.day ?? today(context);
  const { trade } = context.shop;
  const totals = trade.day(day, input.device as DeviceId | undefined);
  const tills = [...trade.day(day).tills];
  const drawers = [...trade.shifts.values()].filter((shift) => {
    const closing = trade.closing(shift.id);
    return shift.day === day || !closing;
  });
  const view: ReportView = {
    day,
    sales: totals.sales,
    refunds: totals.refunds,
    voids: totals.voids,
    grossMinor: totals.gross,
    netMinor: totals.net,
    taxes: [...totals.taxes]
      .toSorted(byKey)
      .map(([name, { base, amount }]) => ({ name, baseMinor: base, taxMinor: amount })),
    tenders: [...totals.tenders].toSorted(byKey).map(([method, amountMinor]) => ({ method, amountMinor })),
    tills: tills
      .map(([device, till]) => ({
        device,
        label: context.shop.labelOf(device),
        sales: till.sales,
        grossMinor: till.gross,
      }))
      .toSorted((a, b) => (a.label < b.label ? -1 : 1)),
    drawers: drawers
      .toSorted((a, b) => a.openedMs - b.openedMs || (a.device < b.device ? -1 : 1))
      .map((shift) => ({
        device: shift.device,
        label: context.shop.labelOf(shift.device),
        expectedMinor: trade.closing(shift.id)?.expected ?? trade.expectedCash(shift),
        countedMinor: trade.closing(shift.id)?.counted ?? null,
      })),
  };
  return answer(view);
};

/** In which order the journals came here is nobody's concern. */
function byKey([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : 1;
}

export const exceptions: UseCase<"exceptions"> = ({ context }) =>
  answer({ exceptions: [...tradeExceptions(context), ...stockExceptions(context)] });

export const settleException: UseCase<"settleException"> = async ({ context, session }, input) => {
  const known = context.shop.trade.exceptions().some((one) => one.id === input.exceptionId);
  if (!known)
    return refuse("bad-input", "there is no such exception", { field: "exceptionId", problem: "unknown" });
  return await appendOr(context, "settle", {
    day: today(context),
    staff: staffOf(session),
    exception: input.exceptionId,
    note: input.note,
  });
};

/** How many exceptions nobody has settled yet. */
export function openExceptions(context: CounterContext): number {
  const { trade } = context.shop;
  return trade.exceptions().filter((one) => !trade.settled.has(one.id)).length;
}

function tradeExceptions(context: CounterContext): ExceptionView[] {
  const { trade } = context.shop;
  return trade.exceptions().map((exception) => {
    const receipts = exception.receipts.flatMap((hash: HashHex) => {
      const entry = trade.receipts.get(hash);
      return entry ? [receiptSummary(context, entry)] : [];
    });
    const settled = trade.settled.get(exception.id);
    return {
      exceptionId: exception.id,
      kind: exception.type,
      summary: summaryOf(
        exception,
        receipts.map((one) => one.number),
      ),
      timeMs: Math.max(0, ...receipts.map((one) => one.timeMs)),
      receipts,
      settled: settled ? { note: settled.note, staffName: settled.staff, timeMs: settled.timeMs } : null,
    };
  });
}

function summaryOf(exception: TradeException, numbers: readonly string[]): string {
  const list = numbers.join(", ");
  switch (exception.type) {
    case "double-payment":
      return `One cart was paid twice, on tills that did not see each other: ${list}`;
    case "refunds-exceed-sale":
      return `More was refunded than was sold: ${list}`;
    case "void-after-refund":
      return `A receipt was voided and refunded: ${list}`;
    case "voided-twice":
      return `A receipt was voided twice: ${list}`;
  }
}

/** One for all: a shop that sells faster than it books deliveries has many. */
function stockExceptions(context: CounterContext): ExceptionView[] {
  const negative = negativeStock(context.shop.stock.all());
  if (negative.length === 0) return [];
  const now = context.clock.now();
  const names = negative.slice(0, 20).map(({ itemId, quantityMilli }) => {
    const name = context.shop.prices.item(itemId, now)?.name ?? itemId;
    return `${name} (${quantityMilli / 1000})`;
  });
  return [
    {
      exceptionId: "negative-stock",
      kind: "negative-stock",
      summary: `Stock below zero: ${names.join(", ")}${negative.length > 20 ? ` and ${negative.length - 20} more` : ""}`,
      timeMs: now,
      receipts: [],
      settled: null,
    },
  ];
}
