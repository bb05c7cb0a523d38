import {
  type LiveLine,
  setLineDiscount,
  setLinePrice,
  setLineQuantity,
  setLineVoid,
} from "#schema/documents/floor.ts";
import { confirmPrice, confirmQuantity } from "#schema/domain/limits/confirm.ts";
import type { CartAt } from "#terminal/shop/carts.ts";
import { approve, noteApproval } from "../approval.ts";
import { cartInHand, changeCart, isRefusal, storedLine } from "../cart-access.ts";
import { type PricedCart, priceCart } from "../cart-model.ts";
import { confirmRefusal } from "../confirm.ts";
import { settingsOf } from "../context.ts";
import { type Refusal, done, refuse } from "../outcome.ts";
import { remember } from "../session.ts";
import type { Call, UseCase } from "../use-case.ts";
import { partedPiece } from "./add-line.ts";

interface LineAt {
  readonly at: CartAt;
  readonly line: LiveLine;
  /** Its key in the document, and what was sold of it before. */
  readonly key: string;
  readonly covered: number;
}

export const setQuantity: UseCase<"setQuantity"> = (call, input) => {
  const found = lineInHand(call, input.lineId);
  if (isRefusal(found)) return found;
  const { at, line, key, covered } = found;
  if (input.quantityMilli === 0) return voidLine(call, { lineId: input.lineId });
  if (line.item.of !== undefined && line.item.of !== null)
    return refuse("bad-input", "a return's quantity is chosen on its receipt", {
      field: "quantityMilli",
      problem: "return",
    });
  if (input.quantityMilli < 0 !== line.qty < 0)
    return refuse("bad-input", "to take goods back, use a return", {
      field: "quantityMilli",
      problem: "sign",
    });
  if (line.item.fixed !== undefined)
    return refuse("bad-input", "the label says the price of this very piece: scan each", {
      field: "quantityMilli",
      problem: "fixed",
    });
  const parted = partedPiece(line.item, input.quantityMilli);
  if (parted) return parted;
  const doubt = confirmQuantity(input.quantityMilli, settingsOf(call.context).confirm);
  if (doubt && input.confirm !== true) return confirmRefusal(doubt);
  changeCart(call.context, at, (draft) => setLineQuantity(draft, key, covered + input.quantityMilli));
  remember(call.session, {
    cart: at.cart.id,
    apply: (draft) => setLineQuantity(draft, key, covered + line.qty),
  });
  call.session.lastLine = line.id;
  return done;
};

export const discountLine: UseCase<"discountLine"> = async (call, input) => {
  const found = lineInHand(call, input.lineId);
  if (isRefusal(found)) return found;
  const { at, line, key } = found;
  if (line.item.of !== undefined)
    return refuse("bad-input", "a return has the discount of its receipt", {
      field: "lineId",
      problem: "return",
    });
  const { trade } = call.context.shop;
  if (input.discount) {
    const trial = priceCart(
      {
        ...at.cart,
        lines: at.cart.lines.map((one) => (one.id === line.id ? { ...one, discount: input.discount } : one)),
      },
      trade,
      settingsOf(call.context),
    );
    const totals = trial.totals.lines.find((one) => one.lineId === line.id);
    const ofMinor = Math.abs(totals?.grossMinor ?? 0);
    // Together with the line's share of the discount on the cart.
    const reductionMinor = Math.abs((totals?.discountMinor ?? 0) + (totals?.cartDiscountMinor ?? 0));
    if (input.discount.kind === "amount" && input.discount.amountMinor > ofMinor)
      return refuse("discount-too-large", "the discount is more than the line", { maxMinor: ofMinor });
    const approved = await approve(
      call.context,
      call.pins,
      call.session,
      { type: "discount", reductionMinor, ofMinor },
      input.approval,
    );
    if (!approved.ok) return approved;
    noteApproval(call.context, at, approved.by);
  }
  changeCart(call.context, at, (draft) => setLineDiscount(draft, key, input.discount));
  remember(call.session, { cart: at.cart.id, apply: (draft) => setLineDiscount(draft, key, line.discount) });
  return done;
};

export const overridePrice: UseCase<"overridePrice"> = async (call, input) => {
  const found = lineInHand(call, input.lineId);
  if (isRefusal(found)) return found;
  const { at, line, key } = found;
  if (line.item.of !== undefined)
    return refuse("bad-input", "a return has the price of its receipt", {
      field: "lineId",
      problem: "return",
    });
  const price =
    input.priceMinor === null ? null : { priceMinor: input.priceMinor, reason: input.reason ?? "" };
  if (price) {
    if (price.reason === "")
      return refuse("bad-input", "say why the price is another", { field: "reason", problem: "missing" });
    const approved = await approve(
      call.context,
      call.pins,
      call.session,
      { type: "override-price" },
      input.approval,
    );
    if (!approved.ok) return approved;
    const doubt = confirmPrice(price.priceMinor, line.item.price, settingsOf(call.context).confirm);
    if (doubt && input.confirm !== true) return confirmRefusal(doubt);
    noteApproval(call.context, at, approved.by);
  }
  changeCart(call.context, at, (draft) => setLinePrice(draft, key, price));
  remember(call.session, { cart: at.cart.id, apply: (draft) => setLinePrice(draft, key, line.price) });
  return done;
};

export const voidLine: UseCase<"voidLine"> = (call, input) => {
  const found = lineInHand(call, input.lineId);
  if (isRefusal(found)) return found;
  const { at, line, key, covered } = found;
  if (covered === 0) {
    changeCart(call.context, at, (draft) => setLineVoid(draft, key, true));
    remember(call.session, { cart: at.cart.id, apply: (draft) => setLineVoid(draft, key, false) });
  } else {
    changeCart(call.context, at, (draft) => setLineQuantity(draft, key, covered));
    remember(call.session, {
      cart: at.cart.id,
      apply: (draft) => setLineQuantity(draft, key, covered + line.qty),
    });
  }
  return done;
};

/** What a cart's own figures are before a change of discount is judged. */
export function pricedAt(call: Call, at: CartAt): PricedCart {
  return priceCart(at.cart, call.context.shop.trade, settingsOf(call.context));
}

function lineInHand(call: Call, lineId: string): LineAt | Refusal {
  const at = cartInHand(call.context, call.session);
  if (isRefusal(at)) return at;
  const line = at.cart.lines.find((one) => one.id === lineId && !one.void);
  return line ? { at, line, ...storedLine(lineId) } : refuse("unknown-line", "the cart has no such line");
}
