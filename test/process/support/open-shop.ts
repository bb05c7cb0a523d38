import { expect } from "vitest";
import { PayModel } from "./pay-model.ts";
import type { Seeded } from "./seeded.ts";
import { items, priceBook, type TestShop } from "./test-shop.ts";
import type { TestTill } from "./test-till.ts";
import { until } from "./until.ts";

/** A shop that is open, and the account of what its tills say they sold. */
export class OpenShop {
  readonly model = new PayModel();
  readonly #shop: TestShop;
  readonly #chance: Seeded;
  readonly #pieces: number;

  private constructor(shop: TestShop, chance: Seeded, pieces: number) {
    this.#shop = shop;
    this.#chance = chance;
    this.#pieces = pieces;
  }

  /** Publishes the price book on the first till, and opens a shift on each of `tills` when it has arrived there. */
  static async open(
    shop: TestShop,
    chance: Seeded,
    tills: readonly TestTill[] = shop.tills,
  ): Promise<OpenShop> {
    const pieces = 100_000;
    await tills[0]!.client.command("importPriceBook", { csv: priceBook(pieces) });
    for (const till of tills) await OpenShop.openShift(till);
    return new OpenShop(shop, chance, pieces);
  }

  static async openShift({ client, label }: TestTill): Promise<void> {
    await until(
      `the price book on ${label}`,
      async () => (await client.view()).till.priceBook?.items === items.length,
      60_000,
    );
    await client.command("openShift", { floatMinor: 10_000 });
  }

  async sell({ client }: TestTill, times = 1): Promise<void> {
    for (let time = 0; time < times; time++) {
      for (let line = 0; line <= this.#chance.int(4); line++)
        await client.command("scan", { code: this.#chance.pick(items).barcode });
      const { cart } = await client.view();
      await client.command("tender", { method: "cash", amountMinor: cart!.dueCashMinor, confirm: true });
      await this.model.sold(client, await client.command("complete", { cartId: cart!.cartId }));
    }
  }

  /** Waits until each till shows every sale, to the penny and the piece, and doubts nothing. */
  async everyTillAgrees(tills: readonly TestTill[] = this.#shop.tills): Promise<void> {
    const stock = this.model.stockMilli(this.#pieces * 1000);
    for (const { client, label } of tills) {
      await until(
        `${label} has every sale`,
        async () => {
          const numbers = await everyReceipt(client);
          if (numbers.size !== this.model.receipts.size)
            throw new Error(`${numbers.size} of ${this.model.receipts.size} sales`);
          expect(Object.fromEntries(numbers)).toEqual(Object.fromEntries(this.model.receipts));
          return true;
        },
        60_000,
      );
      for (const { id } of items)
        expect((await client.command("item", { itemId: id })).stockMilli, `${label} ${id}`).toBe(
          stock.get(id),
        );
      expect((await client.health())["doubts"]).toEqual([]);
    }
  }
}

async function everyReceipt(client: TestTill["client"]): Promise<Map<string, number>> {
  const { receipts } = await client.command("findReceipts", { limit: 200 });
  return new Map(receipts.map(({ number, totalMinor }) => [number, totalMinor]));
}
