import { afterEach, expect, test } from "vitest";
import { OpenShop } from "./support/open-shop.ts";
import { killEverything } from "./support/program.ts";
import { seeded } from "./support/seeded.ts";
import { TestShop } from "./support/test-shop.ts";
import type { TestTill } from "./support/test-till.ts";

afterEach(killEverything);

const dayMs = 86_400_000;
const preload = new URL("./support/turn-clock.ts", import.meta.url).href;

const daysLater = (days: number) => ({
  NODE_OPTIONS: `--import ${preload}`,
  TEST_CLOCK_OFFSET_MS: String(days * dayMs),
});

test(
  "days of trade without published balances: started again, a till knows every piece that was sold",
  {
    timeout: 200_000,
  },
  async () => {
    const shop = await TestShop.make({ tills: 1 });
    try {
      const [till] = shop.tills as [TestTill];
      await till.start();
      const open = await OpenShop.open(shop, seeded("weeks-later"));
      await open.sell(till, 2);
      for (const day of [1, 9]) {
        await till.stop();
        await till.start(daysLater(day));
        await open.everyTillAgrees();
        await open.sell(till, 2);
      }
      // Once the balances are published, the oldest days are no longer needed, and the figures stay.
      await till.client.command("publishStock", {});
      const before = await till.client.command("search", { text: "Goods" });
      await till.stop();
      await till.start(daysLater(19));
      const after = await till.client.command("search", { text: "Goods" });
      const stock = ({ items }: typeof before) =>
        Object.fromEntries(items.map((item) => [item.itemId, item.stockMilli]));
      expect(stock(after)).toEqual(stock(before));
    } finally {
      await shop.close();
    }
  },
);

test("a till that was cut off for two weeks brings what it sold alone", { timeout: 200_000 }, async () => {
  const shop = await TestShop.make({ tills: 2 });
  try {
    await shop.wire();
    await Promise.all(shop.tills.map((till) => till.start()));
    const open = await OpenShop.open(shop, seeded("weeks-later, alone"));
    const [alone, other] = shop.tills as [TestTill, TestTill];
    await open.everyTillAgrees();
    shop.between([alone], [other], "cut");
    await alone.stop();
    await alone.start(daysLater(1));
    await open.sell(alone, 3);
    await alone.stop();
    await other.stop();
    shop.between([alone], [other], "join");
    await Promise.all(shop.tills.map((till) => till.start(daysLater(15))));
    await open.everyTillAgrees();
  } finally {
    await shop.close();
  }
});
