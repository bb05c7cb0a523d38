import { afterEach, expect, test } from "vitest";
import { inspectVault } from "./support/inspect-vault.ts";
import { OpenShop } from "./support/open-shop.ts";
import { killEverything } from "./support/program.ts";
import { seeded } from "./support/seeded.ts";
import { TestShop } from "./support/test-shop.ts";
import type { TestTill } from "./support/test-till.ts";
import { until } from "./support/until.ts";

afterEach(killEverything);

const hourMs = 3_600_000;
const preload = new URL("./support/turn-clock.ts", import.meta.url).href;

const turned = (offsetMs: number) => ({
  NODE_OPTIONS: `--import ${preload}`,
  TEST_CLOCK_OFFSET_MS: String(offsetMs),
});

async function clockIs(till: TestTill, reason: string | null): Promise<void> {
  await until(`${till.label} to say of its clock: ${reason}`, async () => {
    const { clock } = (await till.client.view()).till;
    if ((clock.trusted ? null : clock.reason) !== reason) throw new Error(JSON.stringify(clock));
    return true;
  });
}

test(
  "a clock turned back two days, on to 2038, and ahead three hours: the till says so, sells, and harms nobody",
  {
    timeout: 300_000,
  },
  async () => {
    const shop = await TestShop.make({ tills: 3 });
    try {
      await shop.wire();
      await Promise.all(shop.tills.map((till) => till.start()));
      const open = await OpenShop.open(shop, seeded("clock-turned"));
      const [mad, ...others] = shop.tills as [TestTill, ...TestTill[]];
      for (const till of shop.tills) await open.sell(till, 2);
      await open.everyTillAgrees();

      await mad.stop();
      await mad.start(turned(-48 * hourMs));
      await clockIs(mad, "before-last-record");
      await open.sell(mad, 3);
      for (const till of others) await open.sell(till);
      await open.everyTillAgrees();
      for (const till of others) await clockIs(till, null);

      await mad.kill();
      await mad.start(turned(Date.UTC(2038, 0, 19) - Date.now()));
      await clockIs(mad, "neighbours-disagree");
      for (const till of others) {
        await clockIs(till, null);
        await open.sell(till);
      }

      await mad.stop();
      await mad.start(turned(3 * hourMs));
      await clockIs(mad, "neighbours-disagree");
      await open.sell(mad, 2);
      for (const till of others) {
        await clockIs(till, null);
        await open.sell(till);
      }
      await open.everyTillAgrees();

      // Set right, it is behind its own last record; the order of its records stays the order of their times.
      await mad.stop();
      await mad.start();
      await clockIs(mad, "before-last-record");
      await open.sell(mad, 2);
      await open.everyTillAgrees();
      await Promise.all(shop.tills.map((till) => till.stop()));
      for (const { journals } of await Promise.all(shop.tills.map(inspectVault)))
        for (const [, verdict] of journals) {
          const times = verdict.type === "right" ? verdict.records.map(({ record }) => record.time) : [];
          expect(verdict.type).toBe("right");
          expect(times).toEqual(times.toSorted((a, b) => a - b));
        }
    } finally {
      await shop.close();
    }
  },
);
