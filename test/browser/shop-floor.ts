import { expect, test } from "vitest";
import { people } from "./cashier.ts";
import { euro, goods } from "./goods.ts";
import type { Stage } from "./stage.ts";

/** What goes on around a sale: prices, the customer's display, stray scans, and a network that comes and goes. */
export function shopFloorTests(stage: () => Stage): void {
  test("a price changed on the manager's page is on the other tills at their next scan", async () => {
    const second = await stage().at(2);
    const third = await stage().at(3);
    await second.signIn(people.omar);
    await third.signIn(people.anna);

    const manager = await stage().at(1, { path: "/manager", size: { width: 1366, height: 768 } });
    await manager.page.getByRole("button", { name: people.maria.name }).click();
    await manager.typeByHand(people.maria.pin);
    await manager.press("Enter");
    const find = manager.page.getByRole("searchbox", { name: "Find an item" });
    await find.fill(goods.newspaper.barcode);
    const row = manager.page.getByRole("row").filter({ hasText: goods.newspaper.name });
    await row.getByRole("button", { name: new RegExp(`^${goods.newspaper.name}`) }).click();
    const detail = manager.page.getByRole("complementary", { name: "Prices" });
    const before = parsePrice(await detail.locator(".detail-price").textContent());
    const after = before + 15;
    await detail.getByRole("textbox", { name: "New price" }).fill((after / 100).toFixed(2));
    await detail.getByRole("button", { name: "Change price now" }).click();
    await detail
      .locator(".detail-price")
      .filter({ hasText: euro(after) })
      .waitFor();
    const tills = detail.getByRole("list", { name: "Which tills have the last change" });
    await expect.poll(() => tills.getByText("Has it").count(), { timeout: 60_000 }).toBe(3);

    for (const screen of [second, third]) {
      await screen.scanned(goods.newspaper);
      await screen.totalIs(after);
    }
  });

  test("the customer's display follows the till", async () => {
    const till = await stage().at(1);
    await till.signIn(people.anna);
    const display = await stage().at(1, { path: "/customer", size: { width: 1024, height: 600 } });
    await till.scanned(goods.bread);
    await till.scanned(goods.chocolate);
    const total = goods.bread.priceMinor + goods.chocolate.priceMinor;
    const items = display.page.getByRole("list", { name: "Your items" });
    await items.getByText(goods.chocolate.name).waitFor();
    await items.getByText(goods.bread.name).waitFor();
    await display.page.getByText(euro(total), { exact: true }).waitFor();
    await till.press("F9");
    await till.page.getByRole("dialog", { name: "Payment" }).waitFor();
    await till.typeByHand("1.00");
    await till.press("F3");
    await display.page.getByText("Still to pay").waitFor();
    await display.page.getByText(euro(total - 100), { exact: true }).waitFor();
    await till.press("Enter");
    await till.paid();
    await display.page.getByText("Thank you").waitFor();
    expect(await display.page.getByText(people.anna.name).count()).toBe(0);
  });

  test("a scan goes to the cart whatever has the focus", async () => {
    const screen = await stage().at(1);
    await screen.signIn(people.anna);
    await screen.scanned(goods.bread);
    let total = goods.bread.priceMinor;

    await screen.press("F10");
    await screen.button("Customer").click();
    const name = screen.page.getByRole("textbox", { name: "Name" });
    await name.fill("Jo");
    await name.focus();
    await screen.scanned(goods.milk);
    await screen.totalIs((total += goods.milk.priceMinor));
    const kept = (await name.count()) === 0 ? "Jo" : await name.inputValue();
    expect(kept).toBe("Jo");

    await screen.press("Escape", "Escape", "F2");
    const search = screen.page.getByRole("combobox", { name: "Search" });
    await expect.poll(() => search.evaluate((field) => field === document.activeElement)).toBe(true);
    await screen.scanned(goods.sugar);
    await screen.totalIs((total += goods.sugar.priceMinor));
    expect(await search.inputValue()).toBe("");

    await screen.press("Escape", "F4");
    await screen.page.getByRole("dialog").waitFor();
    await screen.scanned(goods.cucumbers);
    await screen.totalIs((total += goods.cucumbers.priceMinor));

    await screen.press("Escape", "F9");
    await screen.page.getByRole("dialog", { name: "Payment" }).waitFor();
    await screen.scanned(goods.strawberries);
    await screen.totalIs((total += goods.strawberries.priceMinor));
  });

  test("a fast hand loses no digit before Enter", async () => {
    const screen = await stage().at(1);
    await screen.signIn(people.anna);
    await screen.typeByHand(goods.bread.id.slice(0, -1));
    // The last digit and Enter as two fingers press them: nearly together.
    await Promise.all([
      screen.page.keyboard.press(goods.bread.id.slice(-1)),
      screen.page.keyboard.press("Enter"),
    ]);
    await screen.lastLine.filter({ hasText: goods.bread.name }).waitFor();
    await screen.totalIs(goods.bread.priceMinor);
  });

  test("an unknown barcode is named, and what to do is said", async () => {
    const screen = await stage().at(1);
    await screen.signIn(people.anna);
    await screen.scan("4006381333931");
    const message = "Not in the price book: \u20664006381333931\u2069. Search, or sell as department.";
    await screen.lastLine.getByText(message).waitFor();
    await screen.page.locator('.last[data-signal^="rejected"]').waitFor();
    await screen.ready();
    await screen.press("F2");
    await screen.typeByHand("bana");
    await screen.page.getByRole("option").filter({ hasText: goods.bananas.name }).first().waitFor();
  });

  test("the network is a word, and selling goes on in every state of it", async () => {
    const screen = await stage().at(1);
    await screen.signIn(people.anna);
    const says = (word: string) => screen.button(new RegExp(`^Network: ${word}`)).waitFor();
    await says("Everything");
    await stage().demo.turnInternet(false);
    try {
      await says("Neighbours");
      await screen.scanned(goods.bread);
      await Promise.all([stage().demo.kill(2), stage().demo.kill(3)]);
      await says("Alone");
      await screen.scanned(goods.sugar);
      await screen.press("F9", "Enter");
      await screen.changeIs(0);
      expect(await screen.button("Next sale").isEnabled()).toBe(true);
    } finally {
      await Promise.allSettled([stage().demo.startTill(2), stage().demo.startTill(3)]);
      await stage().demo.turnInternet(true);
    }
    await says("Everything");
  });
}

function parsePrice(text: string | null): number {
  return Math.round(Number((text ?? "").replaceAll(/[^\d.]/g, "")) * 100);
}
