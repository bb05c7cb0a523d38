import {
  setCartAge,
  setCartCustomer,
  setCartDiscount,
  suspendCart,
  takeCart,
  voidCart as voidFloorCart,
} from "#schema/documents/floor.ts";
import { approve, noteApproval } from "../approval.ts";
import { cartInHand, changeCart, closedRefusal, isRefusal } from "../cart-access.ts";
import { priceCart } from "../cart-model.ts";
import { settingsOf } from "../context.ts";
import { type Refusal, answer, done, refuse } from "../outcome.ts";
import { remember, takeInHand } from "../session.ts";
import type { Call, UseCase } from "../use-case.ts";
import { inHandOrNew } from "./add-line.ts";
import { pricedAt } from "./change-line.ts";

export const newCart: UseCase<"newCart"> = (call) => {
  const { context, session } = call;
  const inHand = session.cart === null ? undefined : context.shop.carts.get(session.cart);
  if (inHand && inHand.cart.lines.some((line) => !line.void))
    return refuse("cart-not-empty", "put the cart aside, finish it or abandon it first");
  if (!context.shop.trade.openShift(context.device)) return refuse("no-shift", "open a shift first");
  const cart = inHandOrNew(call);
  return typeof cart === "string" ? answer({ cartId: cart }) : cart;
};

export const discountCart: UseCase<"discountCart"> = async (call, input) => {
  const at = cartInHand(call.context, call.session);
  if (isRefusal(at)) return at;
  if (at.remainder && input.discount)
    return refuse("bad-input", "a remainder takes discounts on its lines", {
      field: "discount",
      problem: "remainder",
    });
  if (input.discount) {
    const after = priceCart(
      { ...at.cart, discount: input.discount },
      call.context.shop.trade,
      settingsOf(call.context),
    );
    const lines = after.totals.lines.filter((line) => !line.isReturn);
    const sold = lines.reduce((sum, line) => sum + line.subtotalMinor, 0);
    if (input.discount.kind === "amount" && input.discount.amountMinor > sold)
      return refuse("discount-too-large", "the discount is more than what is sold", { maxMinor: sold });
    // Together with what the lines give already: many small discounts must not pass where a large one may not.
    const act = {
      type: "discount",
      reductionMinor: lines.reduce((sum, line) => sum + line.discountMinor + line.cartDiscountMinor, 0),
      ofMinor: lines.reduce((sum, line) => sum + line.grossMinor, 0),
    } as const;
    const approved = await approve(call.context, call.pins, call.session, act, input.approval);
    if (!approved.ok) return approved;
    noteApproval(call.context, at, approved.by);
  }
  const before = at.cart.discount;
  changeCart(call.context, at, (draft) => setCartDiscount(draft, input.discount));
  remember(call.session, { cart: at.cart.id, apply: (draft) => setCartDiscount(draft, before) });
  return done;
};

export const setCustomer: UseCase<"setCustomer"> = (call, input) => {
  if (!call.context.shop.trade.openShift(call.context.device))
    return refuse("no-shift", "open a shift first");
  const cart = inHandOrNew(call);
  if (typeof cart !== "string") return cart;
  const at = call.context.shop.carts.get(cart)!;
  const before = at.cart.customer;
  const { customer } = input;
  changeCart(call.context, at, (draft) =>
    setCartCustomer(
      draft,
      customer && {
        name: customer.name,
        ...(customer.taxExemptCertificate ? { certificate: customer.taxExemptCertificate } : {}),
      },
    ),
  );
  remember(call.session, { cart, apply: (draft) => setCartCustomer(draft, before) });
  return done;
};

export const confirmAge: UseCase<"confirmAge"> = (call, input) => {
  const at = cartInHand(call.context, call.session);
  if (isRefusal(at)) return at;
  const needed = pricedAt(call, at).totals.ageNeeded;
  if (needed !== null && input.years < needed)
    return refuse("age-not-checked", `this cart needs ${needed} years`, { years: needed });
  changeCart(call.context, at, (draft) => setCartAge(draft, input.years));
  return done;
};

export const suspend: UseCase<"suspend"> = (call, input) => {
  const at = cartInHand(call.context, call.session);
  if (isRefusal(at)) return at;
  if (!at.cart.lines.some((line) => !line.void))
    return refuse("no-cart", "there is nothing in the cart to put aside");
  changeCart(call.context, at, (draft) => suspendCart(draft, input.label ?? ""));
  takeInHand(call.session, null);
  return answer({ cartId: at.cart.id });
};

export const recall: UseCase<"recall"> = (call, input) => {
  const { context } = call;
  const busy = handsFull(call, input.cartId);
  if (busy) return busy;
  const at = context.shop.carts.get(input.cartId);
  if (!at) return closedRefusal(context, input.cartId);
  if (at.cart.state === "open" && !at.remainder && at.cart.at !== context.device) {
    const till = context.shop.labelOf(at.cart.at);
    return refuse("cart-held", `the cart is open on ${till}: take it over`, { till });
  }
  return take(call, input.cartId);
};

export const takeOver: UseCase<"takeOver"> = (call, input) => {
  const { context } = call;
  const busy = handsFull(call, input.cartId);
  if (busy) return busy;
  const at = context.shop.carts.get(input.cartId);
  if (!at) return closedRefusal(context, input.cartId);
  const held = context.neighbourhood.holders(input.cartId)[0];
  if (held !== undefined && input.confirm !== true)
    return refuse(
      "confirm",
      `${context.shop.labelOf(held)} is working on this cart: take it over all the same?`,
      {
        what: "take-over",
        figure: context.shop.labelOf(held),
      },
    );
  return take(call, input.cartId);
};

export const voidCart: UseCase<"voidCart"> = (call, input) => {
  const at = cartInHand(call.context, call.session);
  if (isRefusal(at)) return at;
  if (at.cart.tenders.some((tender) => !tender.void))
    return refuse("has-tenders", "give back what was taken for it first");
  changeCart(call.context, at, (draft) => voidFloorCart(draft, droppedBy(call, input.reason)));
  takeInHand(call.session, null);
  return done;
};

/** An empty cart in hand is let go. */
function take(call: Call, cart: string): ReturnType<UseCase<"recall">> {
  const { context, session } = call;
  const inHand =
    session.cart === null || session.cart === cart ? undefined : context.shop.carts.get(session.cart);
  if (inHand) changeCart(context, inHand, (draft) => voidFloorCart(draft, droppedBy(call, "empty")));
  changeCart(context, context.shop.carts.get(cart)!, (draft) => takeCart(draft, context.device));
  takeInHand(session, cart);
  return done;
}

/** Another cart is taken up only with empty hands. */
function handsFull({ context, session }: Call, wanted: string): Refusal | undefined {
  const inHand =
    session.cart === null || session.cart === wanted ? undefined : context.shop.carts.get(session.cart);
  if (!inHand) return undefined;
  if (inHand.cart.lines.some((line) => !line.void) || inHand.cart.tenders.some((tender) => !tender.void))
    return refuse("cart-not-empty", "put the cart in hand aside, or finish it, first");
  return undefined;
}

function droppedBy({ context, session }: Call, reason: string): Parameters<typeof voidFloorCart>[1] {
  return { reason, staff: session.staff.id, name: session.staff.name, time: context.clock.now() };
}
