import { afterEach, describe, expect, test } from "vitest";
import { inspectVault, recordsOf } from "./support/inspect-vault.ts";
import { makeLan, namespacesWork } from "./support/namespaces.ts";
import { killEverything } from "./support/program.ts";
import { type Seeded, seeded } from "./support/seeded.ts";
import { items, priceBook, TestShop } from "./support/test-shop.ts";
import type { TestTill } from "./support/test-till.ts";
import { until } from "./support/until.ts";

const pieces = 1_000;

afterEach(killEverything);

/** Four tills and the wire between the first two and the last two. */
interface Halves {
  readonly shop: TestShop;
  cut(): Promise<void>;
  join(): Promise<void>;
  close(): Promise<void>;
}

async function throughProxies(): Promise<Halves> {
  const shop = await TestShop.make({ tills: 4 });
  await shop.wire();
  const [a, b, c, d] = shop.tills as [TestTill, TestTill, TestTill, TestTill];
  return {
    shop,
    cut: async () => shop.between([a, b], [c, d], "cut"),
    join: async () => shop.between([a, b], [c, d], "join"),
    close: () => shop.close(),
  };
}

/** Each till in a network of its own, found by mDNS alone; the cable between two switches is what is cut. */
async function inNamespaces(): Promise<Halves> {
  const lan = await makeLan(4);
  const shop = await TestShop.make({ tills: 4, setup: (n) => lan.setup(n) });
  return {
    shop,
    cut: () => lan.cut(),
    join: () => lan.join(),
    async close() {
      await shop.close();
      await lan.close();
    },
  };
}

async function bothHalvesSell(halves: Halves, chance: Seeded): Promise<void> {
  const { shop } = halves;
  const [a, b, c, d] = shop.tills as [TestTill, TestTill, TestTill, TestTill];
  await Promise.all(shop.tills.map((till) => till.start()));
  await a.client.command("importPriceBook", { csv: priceBook(pieces) });
  for (const till of shop.tills) {
    await until(
      "the price book",
      async () => (await till.client.view()).till.priceBook?.items === items.length,
    );
    await till.client.command("openShift", { floatMinor: 0 });
  }
  const sold = new Map<string, number>();
  const numbers: string[] = [];
  let takings = 0;
  const pay = async (till: TestTill): Promise<string> => {
    const { cart } = await till.client.view();
    await till.client.command("tender", { method: "cash", amountMinor: cart!.dueCashMinor, confirm: true });
    const { number } = await till.client.command("complete", { cartId: cart!.cartId });
    for (const line of cart!.lines)
      sold.set(line.itemId!, (sold.get(line.itemId!) ?? 0) + line.quantityMilli);
    takings += cart!.totalMinor;
    numbers.push(number);
    return number;
  };
  const sell = async (till: TestTill, times: number): Promise<void> => {
    for (let time = 0; time < times; time++) {
      for (let line = 0; line <= chance.int(4); line++)
        await till.client.command("scan", { code: chance.pick(items).barcode });
      await pay(till);
    }
  };

  // A cart that all of them know of, put aside before the cut.
  await a.client.command("scan", { code: items[0]!.barcode, quantityMilli: 2000 });
  await a.client.command("scan", { code: items[1]!.barcode });
  const { cartId } = await a.client.command("suspend", { label: "the same cart" });
  await sell(b, 2);
  for (const till of shop.tills)
    await until("the cart to be seen", async () =>
      (await till.client.view()).openCarts.some((cart) => cart.cartId === cartId && cart.lines === 2),
    );

  await halves.cut();
  for (const till of shop.tills)
    await until(`${till.label} misses the other half`, async () => {
      const linked = (await till.client.view()).network.neighbours.filter(({ state }) => state === "linked");
      const same = till === a || till === b ? [a, b] : [c, d];
      return linked.every(({ device }) => same.some((one) => one.device === device));
    });
  for (const till of chance.int(2) ? [a, c, b, d] : [d, b, a, c]) await sell(till, 1 + chance.int(4));
  const paidTwice: string[] = [];
  for (const till of [b, c]) {
    await till.client.command("recall", { cartId });
    paidTwice.push(await pay(till));
  }
  // The same item's price, changed on both sides: the later one holds everywhere.
  await a.client.command("setPrice", { itemId: "g5", priceMinor: 111, confirm: true });
  await d.client.command("setPrice", { itemId: "g5", priceMinor: 222, confirm: true });
  expect((await a.client.command("item", { itemId: "g5" })).priceMinor).toBe(111);

  await halves.join();
  for (const till of shop.tills) {
    await until(
      `${till.label} has every sale`,
      async () => {
        const { sales, grossMinor } = await till.client.command("report", {});
        if (sales !== numbers.length) throw new Error(`${sales} of ${numbers.length} sales`);
        expect(grossMinor).toBe(takings);
        return true;
      },
      60_000,
    );
    await until(
      "the later price",
      async () => (await till.client.command("item", { itemId: "g5" })).priceMinor === 222,
    );
    for (const { id } of items) {
      const { stockMilli } = await till.client.command("item", { itemId: id });
      expect(stockMilli, `${till.label} ${id}`).toBe(pieces * 1000 - (sold.get(id) ?? 0));
    }
    const { exceptions } = await till.client.command("exceptions", {});
    expect(exceptions).toHaveLength(1);
    expect(exceptions[0]!.kind).toBe("double-payment");
    expect(exceptions[0]!.receipts.map(({ number }) => number).toSorted()).toEqual(paidTwice.toSorted());
    const view = await till.client.view();
    expect(view.exceptions).toBe(1);
    expect(view.openCarts.map((cart) => cart.cartId)).not.toContain(cartId);
  }
  // Settled on one till, it is settled on all.
  const [exception] = (await a.client.command("exceptions", {})).exceptions;
  await a.client.command("settleException", {
    exceptionId: exception!.exceptionId,
    note: "money given back",
  });
  for (const till of shop.tills)
    await until("the exception to be settled", async () => (await till.client.view()).exceptions === 0);

  await Promise.all(shop.tills.map((till) => till.stop()));
  const vaults = await Promise.all(shop.tills.map(inspectVault));
  for (const { heads, journals } of vaults) {
    expect(Object.fromEntries(heads)).toEqual(Object.fromEntries(vaults[0]!.heads));
    const sales = [...journals.values()].flatMap((verdict) =>
      recordsOf(verdict).filter(({ record }) => record.kind === "sale"),
    );
    expect(sales).toHaveLength(numbers.length);
  }
}

describe("a store cut in two sells on both sides, and is one again when it is joined", () => {
  test("four processes, the wires between them cut", { timeout: 300_000 }, async () => {
    const halves = await throughProxies();
    try {
      await bothHalvesSell(halves, seeded("cut-in-two, wires"));
    } finally {
      await halves.close();
    }
  });

  const impossible = namespacesWork();
  test.skipIf(impossible !== null)(
    `four networks that find each other by mDNS, the cable between them pulled${impossible === null ? "" : ` (skipped: ${impossible})`}`,
    { timeout: 300_000 },
    async () => {
      const halves = await inNamespaces();
      try {
        await bothHalvesSell(halves, seeded("cut-in-two, namespaces"));
      } finally {
        await halves.close();
      }
    },
  );
});
