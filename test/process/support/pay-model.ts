import type { PaidView } from "#schema/wire/views.ts";
import type { TillClient } from "./till-client.ts";
import { items } from "./test-shop.ts";

/** What the tills told the test they had sold: the other side of the account. */
export class PayModel {
  /** Totals by receipt number, as acknowledged. */
  readonly receipts = new Map<string, number>();
  readonly #sold = new Map<string, number>();
  takingsMinor = 0;

  /** Books what a till says is paid; the lines are those of its receipt. */
  async sold(client: TillClient, { receiptId, number, totalMinor }: PaidView): Promise<void> {
    if (this.receipts.has(number)) throw new Error(`receipt ${number} was given twice`);
    this.receipts.set(number, totalMinor);
    const receipt = await client.command("receipt", { receiptId });
    for (const { name, quantityMilli } of receipt.items) {
      const id = name.replace(/^Goods /, "");
      this.#sold.set(id, this.soldMilli(id) + quantityMilli);
    }
    this.takingsMinor += totalMinor;
  }

  soldMilli(itemId: string): number {
    return this.#sold.get(itemId) ?? 0;
  }

  /** What must be left of each item when there were `initialMilli` of it. */
  stockMilli(initialMilli: number): ReadonlyMap<string, number> {
    return new Map(items.map(({ id }) => [id, initialMilli - this.soldMilli(id)]));
  }
}
