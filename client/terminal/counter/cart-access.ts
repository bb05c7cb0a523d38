import { type FloorCart, type FloorDocument, floorCart } from "#schema/documents/floor.ts";
import type { CartAt } from "#terminal/shop/carts.ts";
import { type CounterContext, settingsOf } from "./context.ts";
import { type PricedCart, priceCart } from "./cart-model.ts";
import { type Refusal, refuse } from "./outcome.ts";
import type { Session } from "./session.ts";

/** The cart in hand, or why there is none to work on. */
export function cartInHand(context: CounterContext, session: Session): CartAt | Refusal {
  if (session.cart === null)
    return refuse("no-cart", "there is no cart in hand: scan something or recall one");
  return context.shop.carts.get(session.cart) ?? closedRefusal(context, session.cart);
}

export function closedRefusal(context: CounterContext, cart: string): Refusal {
  const receipt = context.shop.trade.receiptsOfCart(cart).at(-1);
  if (receipt === undefined) return refuse("unknown-cart", "there is no such cart");
  const number = receiptNumber(context.shop.trade.receipts.get(receipt)!);
  return refuse("cart-closed", `the cart was finished as receipt ${number}`, { number });
}

export function isRefusal(value: object): value is Refusal {
  return "ok" in value && value.ok === false;
}

/** One change of a cart in its floor document. */
export function changeCart(context: CounterContext, at: CartAt, change: (draft: FloorCart) => void): void {
  context.replica.change<FloorDocument>(
    at.floor,
    (floor) => {
      const draft = floorCart(floor, at.cart.id);
      if (draft) change(draft);
    },
    context.clock.now(),
  );
}

/** The figures of a cart as it stands now. */
export function pricedNow(context: CounterContext, cart: string): PricedCart | undefined {
  const at = context.shop.carts.get(cart);
  return at && priceCart(at.cart, context.shop.trade, settingsOf(context));
}

/** A line's key in the document: what a remainder calls `line+covered` lies there under `line`. */
export function storedLine(lineId: string): { readonly key: string; readonly covered: number } {
  const [key, covered] = lineId.split("+");
  return { key: key!, covered: Number(covered ?? 0) };
}

/** What people read and scan: unique in the company for practical purposes, gap-free in its last part. */
export function receiptNumber(receipt: {
  readonly device: string;
  readonly series: number;
  readonly number: number;
}): string {
  return `${receipt.device.slice(0, 4).toUpperCase()}-${receipt.series}-${String(receipt.number).padStart(6, "0")}`;
}
