import type { HashHex } from "#schema/bytes.ts";
import type { ReceiptBody } from "#schema/documents/record-body.ts";
import { refuseVoid } from "#schema/domain/refund/refund-excess.ts";
import { stockOfVoid } from "#schema/domain/stock/movements.ts";
import { approve } from "../approval.ts";
import { receiptNumber } from "../cart-access.ts";
import { settingsOf, today } from "../context.ts";
import { answer, refuse } from "../outcome.ts";
import type { UseCase } from "../use-case.ts";
import { staffOf } from "./shift.ts";

/** Takes a whole receipt of this shift back: its money, its goods, its figures. What is older is a refund. */
export const voidSale: UseCase<"voidSale"> = async (call, input) => {
  const { context, session } = call;
  const { trade } = context.shop;
  const of = input.receiptId as HashHex;
  const entry = trade.receipts.get(of);
  if (!entry) return refuse("unknown-receipt", "no such receipt on this till");
  const shift = trade.openShift(context.device);
  if (!shift) return refuse("no-shift", "open a shift first");
  const body = trade.receiptBody(of);
  const refusal = refuseVoid({
    kind: entry.kind,
    voided: trade.isVoided(of),
    returnedMilli: (body?.lines ?? []).reduce(
      (sum, _line, at) => sum + trade.returnsOf(of, at + 1).reduce((all, one) => all + one.qty, 0),
      0,
    ),
    ofThisShift: body?.shift === shift.id,
  });
  if (refusal || !body)
    return refuse("not-voidable", "this receipt cannot be voided: refund it instead", {
      why: refusal?.why ?? "a-void",
    });
  const approved = await approve(context, call.pins, session, { type: "void-sale" }, input.approval);
  if (!approved.ok) return approved;
  const cashMethod = settingsOf(context).tenderMethods.find((method) => method.kind === "cash")!.id;
  if (trade.isVoided(of)) return refuse("not-voidable", "it was voided meanwhile", { why: "already-voided" });
  try {
    const { hash, record } = await context.journal.append(
      "void",
      today(context),
      context.clock.now(),
      (number) => ({
        number,
        day: today(context),
        shift: shift.id,
        staff: staffOf(session),
        of,
        ofNumber: entry.number,
        currency: body.currency,
        tenders: paidBack(body, cashMethod),
        total: -body.total,
        net: -body.net,
        taxes: body.taxes.map((tax) => ({ ...tax, base: 0 - tax.base, amount: 0 - tax.amount })),
        goods: stockOfVoid(body.lines.map((line) => ({ itemId: line.item, quantityMilli: line.qty }))).map(
          ({ itemId, quantityMilli }) => ({
            item: itemId,
            qty: quantityMilli,
          }),
        ),
        reason: input.reason,
        ...(approved.by ? { approvals: [approved.by] } : {}),
      }),
    );
    return answer({ receiptId: hash, number: receiptNumber({ ...record, number: record.body.number }) });
  } catch {
    return refuse("storage-full", "the disk is full: nothing was recorded");
  }
};

/** Each tender goes back as it came; the change that was given comes back in cash. */
function paidBack(body: ReceiptBody, cashMethod: string): ReceiptBody["tenders"] {
  const back = body.tenders.map((tender) => ({ ...tender, amount: 0 - tender.amount }));
  const cash = back.find((tender) => tender.kind === "cash");
  if (cash) cash.amount += body.change;
  else if (body.change !== 0)
    back.push({ id: "change", method: cashMethod, kind: "cash", amount: body.change });
  return back;
}
