import { setTimeout as pause } from "node:timers/promises";
import type { Measurement } from "../harness/bench.ts";
import { row } from "../harness/row.ts";
import type { Screen } from "../harness/screen.ts";
import { median, percentile, seeded } from "../harness/statistics.ts";
import { startStore } from "../harness/store.ts";
import { figure } from "../harness/table.ts";

/** How often each till is asked for the price: what is measured is late by up to this and an answer's time. */
const askEveryMs = 5;

/** A price edited on any till, until every till of the store sells at it. There is no relay at all. */
export const prices: Measurement = {
  rows: ["price-to-all-tills"],
  async run(bench) {
    const { itemIds, sizes } = bench.day.facts;
    const store = await startStore(bench, sizes.tills);
    const choose = seeded(19);
    const samples: number[] = [];
    for (let n = 0; n < bench.times(150, 20); n++) {
      const itemId = itemIds[n % itemIds.length]!;
      const priceMinor = 1_000 + n;
      const editor = store.screens[Math.floor(choose() * store.screens.length)]!;
      const began = performance.now();
      await editor.do("setPrice", { itemId, priceMinor, confirm: true });
      const there = await Promise.all(store.screens.map((screen) => inForce(screen, itemId, priceMinor)));
      samples.push(Math.max(...there) - began);
      await pause(50 + 250 * choose());
    }
    await store.stop();
    return [
      row(
        "price-to-all-tills",
        percentile(samples, 0.99),
        `setPrice sent on one of ${sizes.tills} tills, any -> the last of them answers \`item\` with the new price, each asked ` +
          `every ${askEveryMs} ms; ${samples.length} edits, 50 to 300 ms apart, p50 ${figure(median(samples))}, p95 ` +
          `${figure(percentile(samples, 0.95))}, longest ${figure(Math.max(...samples))} ms`,
      ),
    ];
  },
};

async function inForce(screen: Screen, itemId: string, priceMinor: number): Promise<number> {
  for (;;) {
    const { value } = await screen.do("item", { itemId });
    if (value.priceMinor === priceMinor) return performance.now();
    await pause(askEveryMs);
  }
}
