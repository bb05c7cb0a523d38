import type { CartView } from "#schema/wire/views.ts";
import { items } from "./test-shop.ts";

/** What the tills told the test they had done: the other side of the account. */
export class PayModel {
  /** Receipt numbers that were acknowledged, each with its cart. */
  readonly receipts = new Map<string, string>();
  readonly #sold = new Map<string, number>();
  takingsMinor = 0;

  sold(number: string, cart: CartView): void {
    if (this.receipts.has(number)) throw new Error(`receipt ${number} was given twice`);
    this.receipts.set(number, cart.cartId);
    for (const { itemId, quantityMilli } of cart.lines) {
      this.#sold.set(itemId!, this.soldMilli(itemId!) + quantityMilli);
    }
    this.takingsMinor += cart.totalMinor;
  }

  soldMilli(itemId: string): number {
    return this.#sold.get(itemId) ?? 0;
  }

  /** What must be left of each item when there were `initialMilli` of it. */
  stockMilli(initialMilli: number): ReadonlyMap<string, number> {
    return new Map(items.map(({ id }) => [id, initialMilli - this.soldMilli(id)]));
  }
}
