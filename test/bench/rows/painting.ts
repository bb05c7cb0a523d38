import type { Page } from "playwright-core";
import { buildScreens, screensAreStale } from "#terminal/cli/demo/screens.ts";
import { launchChromium } from "../../browser/chromium.ts";
import { Screen, people, sizes } from "../../browser/cashier.ts";
import type { Measurement } from "../harness/bench.ts";
import { linesPerSale } from "../harness/cashier.ts";
import { row } from "../harness/row.ts";
import { median, percentile, seeded } from "../harness/statistics.ts";
import { startStore } from "../harness/store.ts";
import { figure } from "../harness/table.ts";

/** A scanner's keys into the cashier's screen in a real browser, until the line is painted. */
export const painting: Measurement = {
  rows: ["scan-to-paint"],
  async run(bench) {
    if (screensAreStale()) await buildScreens();
    const store = await startStore(bench, 3);
    const browser = await launchChromium();
    try {
      const screen = await Screen.open(browser, store.tills[0]!.door, { size: sizes.wide });
      await watchPaints(screen.page);
      await screen.signIn(people.maria);
      const choose = seeded(17);
      for (let sale = 0; sale < bench.times(40, 6); sale++)
        await sellByScanner(screen, bench.day.facts.codes, choose);
      const samples = (await paints(screen.page)).slice(linesPerSale);
      return [
        row(
          "scan-to-paint",
          percentile(samples, 0.95),
          `${browser.browserType().name()} ${browser.version()}, headless: from the time stamp of the scanner's Enter to the ` +
            `first task after the frame that holds the new line; ${samples.length} scans, p50 ${figure(median(samples))}, ` +
            `p99 ${figure(percentile(samples, 0.99))} ms`,
        ),
      ];
    } finally {
      await browser.close();
      await store.stop();
    }
  },
};

async function sellByScanner(screen: Screen, codes: readonly string[], random: () => number): Promise<void> {
  const basket = new Set<string>();
  while (basket.size < linesPerSale) basket.add(codes[Math.floor(random() * codes.length)]!);
  for (const code of basket) {
    const before = (await paints(screen.page)).length;
    await screen.scan(code);
    await screen.page.waitForFunction(
      (count) => (globalThis as unknown as Watched).paints.length > count,
      before,
      { polling: 30 },
    );
  }
  await screen.press("F9");
  await screen.page.locator(".tender").waitFor();
  await screen.press("F3");
  await screen.page.locator(".done-mark").waitFor();
}

interface Watched {
  paints: number[];
}

async function paints(page: Page): Promise<number[]> {
  return await page.evaluate(() => (globalThis as unknown as Watched).paints);
}

/**
 * Notes in the page, for each Enter after which a line more is on the screen, how long that took to be painted. It must
 * hear of keys before the screen does, so the page is loaded anew.
 */
async function watchPaints(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const watched = globalThis as unknown as Watched;
    watched.paints = [];
    let enteredMs: number | undefined;
    let lines = 0;
    addEventListener(
      "keydown",
      (event) => {
        if (event.key === "Enter") enteredMs = event.timeStamp;
      },
      { capture: true },
    );
    new MutationObserver(() => {
      const now = document.querySelectorAll(".lines [role=option]").length;
      const fromMs = enteredMs;
      if (now > lines && fromMs !== undefined) {
        enteredMs = undefined;
        requestAnimationFrame(() => {
          const afterFrame = new MessageChannel();
          afterFrame.port1.addEventListener("message", () => watched.paints.push(performance.now() - fromMs));
          afterFrame.port1.start();
          afterFrame.port2.postMessage(0);
        });
      }
      lines = now;
    }).observe(document, { childList: true, subtree: true });
  });
  await page.reload();
}
