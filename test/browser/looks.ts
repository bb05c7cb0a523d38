import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { type Screen, people, sizes } from "./cashier.ts";
import type { Stage } from "./stage.ts";
import { walkCashier, walkCustomer, walkManager } from "./walk.ts";

/** How the screens look: to those who do not see them, in both themes and languages, and in every size. */
export function looksTests(stage: () => Stage): void {
  describe.each(["en", "he"] as const)("in %s", (language) => {
    test("axe finds nothing on any screen of the cashier, in either theme", async () => {
      const screen = await stage().at(3, { language });
      const found: string[] = [];
      await walkCashier(screen, async (stop) => void found.push(...(await complaints(screen.page, stop))));
      expect(found).toEqual([]);
    });

    test("axe finds nothing on the manager's page and the customer's display", async () => {
      const manager = await stage().at(1, { language, path: "/manager", size: sizes.wide });
      const found: string[] = [];
      await walkManager(manager, async (stop) => void found.push(...(await complaints(manager.page, stop))));
      const till = await stage().at(2);
      await till.signIn(people.omar);
      const display = await stage().at(2, { language, path: "/customer" });
      await walkCustomer(
        display,
        till,
        async (stop) => void found.push(...(await complaints(display.page, stop))),
      );
      expect(found).toEqual([]);
    });
  });

  test.each([
    ["1024 x 768", sizes.small, "en"],
    ["1366 x 768", sizes.wide, "en"],
    ["a 10-inch tablet", sizes.tablet, "en"],
    ["a 10-inch tablet on end", { width: 800, height: 1280 }, "en"],
    ["1024 x 768 from right to left", sizes.small, "he"],
  ] as const)("nothing moves at %s, and every key can be touched", async (_name, size, language) => {
    const screen = await stage().at(3, { size, language });
    const places = new Map<string, string>();
    const wrong: string[] = [];
    await walkCashier(screen, async (stop) => {
      for (const [what, place] of Object.entries(await fixedPlaces(screen))) {
        const before = places.get(what) ?? place;
        places.set(what, before);
        if (place !== before) wrong.push(`${stop}: ${what} at ${place}, not ${before}`);
      }
      wrong.push(...(await smallTargets(screen.page)).map((one) => `${stop}: ${one}`));
      const wide = await screen.page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
      if (wide) wrong.push(`${stop}: wider than the screen`);
    });
    expect(places.size).toBe(4);
    expect([...new Set(wrong)]).toEqual([]);
  });
}

/** All rules in the light theme, and once more what depends on the theme in the dark one. */
async function complaints(page: Page, stop: string): Promise<string[]> {
  // Legacy mode looks at this page alone, without a blank one beside it; our pages have no frames of other origins.
  const axe = (): AxeBuilder =>
    new AxeBuilder({ page }).setLegacyMode(true).options({ resultTypes: ["violations"] });
  const light = await axe().analyze();
  await page.evaluate(() => void (document.documentElement.dataset["theme"] = "dark"));
  const dark = await axe().withRules(["color-contrast"]).analyze();
  await page.evaluate(() => void (document.documentElement.dataset["theme"] = "light"));
  const told = (theme: string, violations: typeof light.violations): string[] =>
    violations.flatMap((one) =>
      one.nodes.map(
        (node) => `${stop}, ${theme}: ${one.id} at ${node.target.join(" ")}: ${node.html.slice(0, 120)}`,
      ),
    );
  return [...told("light", light.violations), ...told("dark", dark.violations)];
}

/** Where what must never move is, on those screens that have it. */
async function fixedPlaces(screen: Screen): Promise<Record<string, string>> {
  const parts = {
    total: ".till .total",
    "last line": ".till .last",
    pay: ".till .pay",
    network: ".top .network",
  };
  const places: Record<string, string> = {};
  if ((await screen.page.locator(".till").count()) === 0) return places;
  for (const [what, selector] of Object.entries(parts)) {
    const part = screen.page.locator(selector).first();
    const box = await part.boundingBox();
    places[what] = box ? [box.x, box.y, box.width, box.height].map(Math.round).join(",") : "nowhere";
  }
  return places;
}

/** Keys that a finger does not hit: less than 48 pixels either way. */
function smallTargets(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>("button, a[href], [role=option], input")].flatMap(
      (element) => {
        const { width, height } = element.getBoundingClientRect();
        const isSeen = width > 1 && height > 1 && element.checkVisibility({ visibilityProperty: true });
        if (!isSeen || element.closest(".unseen") || element.closest(".text-field, .entry-search")) return [];
        if (width >= 47.5 && height >= 47.5) return [];
        return [`${element.className || element.tagName} is ${Math.round(width)} x ${Math.round(height)}`];
      },
    ),
  );
}
