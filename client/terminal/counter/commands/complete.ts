import type { HashHex } from "#schema/bytes.ts";
import { closeCart } from "#schema/documents/floor.ts";
import type { PaidView } from "#schema/wire/views.ts";
import { blockedReason } from "../blocked.ts";
import { changeCart, closedRefusal, receiptNumber } from "../cart-access.ts";
import { priceCart } from "../cart-model.ts";
import { type CounterContext, settingsOf, today } from "../context.ts";
import { type Outcome, answer, refuse } from "../outcome.ts";
import { receiptBody, receiptKind } from "../receipt-body.ts";
import { receiptText } from "../receipt-text.ts";
import { takeInHand } from "../session.ts";
import type { UseCase } from "../use-case.ts";

/**
 * Finishes a paid cart: the record is signed and on disk, and only then is anything said or opened. Given again for a
 * cart that this till has finished already, it answers with the same receipt.
 */
export const complete: UseCase<"complete"> = async ({ context, session }, input) => {
  const { shop, journal } = context;
  const request = input.requestId === undefined ? undefined : `complete/${input.requestId}`;
  const repeated = request === undefined ? undefined : session.replies.get(request);
  if (repeated) return repeated as Outcome<PaidView>;
  const at = shop.carts.get(input.cartId);
  if (!at) {
    const own = shop.trade
      .receiptsOfCart(input.cartId)
      .find((hash) => shop.trade.receipts.get(hash)?.device === context.device);
    if (own === undefined) return closedRefusal(context, input.cartId);
    if (session.cart === input.cartId) takeInHand(session, null);
    session.paid = paidView(context, own);
    return answer(session.paid);
  }
  const priced = priceCart(at.cart, shop.trade, settingsOf(context));
  const blocked = blockedReason(context, priced);
  if (blocked) return blocked;
  const shift = shop.trade.openShift(context.device)!;
  let hash: HashHex;
  try {
    const appended = await journal.append(
      receiptKind(priced.totals),
      today(context),
      context.clock.now(),
      (number) => receiptBody(context, session, shift, priced, number),
    );
    hash = appended.hash;
  } catch {
    return refuse("storage-full", "the disk is full: the sale was not recorded");
  }
  changeCart(context, at, (draft) => closeCart(draft, hash));
  if (session.cart === input.cartId) takeInHand(session, null);
  session.paid = paidView(context, hash);
  const paid = answer(session.paid);
  if (request !== undefined) session.replies.set(request, paid);
  return paid;
};

export function paidView(context: CounterContext, hash: HashHex): PaidView {
  const entry = context.shop.trade.receipts.get(hash)!;
  const body = context.shop.trade.receiptBody(hash)!;
  return {
    receiptId: hash,
    number: receiptNumber(entry),
    totalMinor: body.total,
    paidMinor: body.tenders.reduce((sum, tender) => sum + tender.amount, 0),
    changeMinor: body.change,
    receipt: receiptText(context, hash, false),
  };
}
