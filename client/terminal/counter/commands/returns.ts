import type { HashHex } from "#schema/bytes.ts";
import type { LineItem } from "#schema/documents/floor.ts";
import { approve, noteApproval } from "../approval.ts";
import { pricedNow } from "../cart-access.ts";
import { returnableOf } from "../cart-model.ts";
import { type CounterContext, settingsOf } from "../context.ts";
import { answer, refuse } from "../outcome.ts";
import type { Session } from "../session.ts";
import type { UseCase } from "../use-case.ts";
import { add } from "./add-line.ts";

export const returnLine: UseCase<"returnLine"> = async (call, input) => {
  const { context, session } = call;
  const { trade } = context.shop;
  const receipt = input.receiptId as HashHex;
  const body = trade.receiptBody(receipt);
  const line = body?.lines[input.lineNo - 1];
  if (!body || !line || line.qty <= 0)
    return refuse("unknown-receipt", "no such line on a receipt that this till knows");
  const inCart =
    (session.cart === null ? undefined : context.shop.carts.get(session.cart)?.cart)?.lines ?? [];
  const taken = inCart
    .filter((one) => !one.void && one.item.of?.record === receipt && one.item.of.line === input.lineNo)
    .reduce((sum, one) => sum - one.qty, 0);
  const left = returnableOf(trade, receipt, body, input.lineNo) - taken;
  if (input.quantityMilli > left)
    return refuse("return-too-many", `of this line ${left / 1000} can still come back`, {
      returnableMilli: left,
    });
  // With what comes back already: a large refund in small parts is a large refund.
  const refundMinor =
    Math.round((line.total * input.quantityMilli) / line.qty) + refundedInHand(context, session);
  const alone = context.neighbourhood.view().state === "alone" && context.shop.state()!.labels.size > 1;
  const approved = await approve(
    context,
    call.pins,
    session,
    { type: "refund", refundMinor, alone },
    input.approval,
  );
  if (!approved.ok) return approved;
  const item: LineItem = {
    item: line.item,
    name: line.name,
    dept: line.dept,
    class: line.class,
    unit: line.unit,
    price: line.price,
    of: { record: receipt, line: input.lineNo },
    reason: input.reason,
  };
  const added = add(call, item, -input.quantityMilli, true);
  if (!added.ok) return added;
  noteApproval(context, context.shop.carts.get(session.cart!)!, approved.by);
  return answer({ lineId: added.value.lineId });
};

/** What the receipts' lines in the cart in hand give back. */
function refundedInHand(context: CounterContext, session: Session): number {
  const priced = session.cart === null ? undefined : pricedNow(context, session.cart);
  const byReceipt = new Set(priced?.live.lines.filter((line) => line.item.of).map((line) => line.id));
  return (priced?.totals.lines ?? []).reduce(
    (sum, line) => (byReceipt.has(line.lineId) ? sum - line.totalMinor : sum),
    0,
  );
}

export const returnWithoutReceipt: UseCase<"returnWithoutReceipt"> = async (call, input) => {
  const { context, session } = call;
  const found = context.shop.prices.item(input.itemId, context.clock.now());
  if (!found) return refuse("unknown-item", `no such item: ${input.itemId}`, { itemId: input.itemId });
  const approved = await approve(
    context,
    call.pins,
    session,
    { type: "refund-without-receipt" },
    input.approval,
  );
  if (!approved.ok) return approved;
  const department = settingsOf(context).departments.find((one) => one.id === found.departmentId);
  const item: LineItem = {
    item: found.itemId,
    name: found.name,
    dept: found.departmentId,
    class: found.taxClassId || (department?.taxClassId ?? ""),
    unit: found.unit,
    price: input.priceMinor,
    of: null,
    reason: input.reason,
  };
  const added = add(call, item, -input.quantityMilli, true);
  if (!added.ok) return added;
  noteApproval(context, context.shop.carts.get(session.cart!)!, approved.by);
  return answer({ lineId: added.value.lineId });
};
