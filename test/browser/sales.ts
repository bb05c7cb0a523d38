import { expect, test } from "vitest";
import { people, sizes } from "./cashier.ts";
import { euro, goods } from "./goods.ts";
import type { Stage } from "./stage.ts";

/** What a cashier does all day, on real tills. */
export function salesTests(stage: () => Stage): void {
  test("a sale by the keyboard alone", async () => {
    const screen = await stage().at(1);
    await screen.page.getByRole("button", { name: people.anna.name }).waitFor();
    const focused = () => screen.page.locator("button:focus").allTextContents();
    while (!(await focused()).join().includes(people.anna.name)) await screen.press("Tab");
    await screen.press("Enter");
    await screen.typeByHand(people.anna.pin);
    await screen.press("Enter");
    if ((await screen.begun()) === "no shift") {
      await screen.typeByHand("100.00");
      await screen.press("Enter");
      await screen.ready();
    }

    await screen.scanned(goods.strawberries);
    await screen.typeByHand("2*");
    await screen.scanned(goods.milk);
    await screen.typeByHand(goods.cucumbers.id);
    await screen.press("Enter");
    await screen.lastLine.filter({ hasText: goods.cucumbers.name }).waitFor();
    await screen.typeByHand("sugar");
    const found = screen.page.getByRole("option");
    await found.filter({ hasText: goods.sugar.name }).first().waitFor();
    const chosen = screen.page.getByRole("option", { selected: true });
    while (!(await chosen.allTextContents()).join().includes(goods.sugar.name))
      await screen.press("ArrowDown");
    await screen.press("Enter");
    await screen.lastLine.filter({ hasText: goods.sugar.name }).waitFor();
    await screen.press("Escape");
    const total =
      goods.strawberries.priceMinor +
      2 * goods.milk.priceMinor +
      goods.cucumbers.priceMinor +
      goods.sugar.priceMinor;
    await screen.totalIs(total);

    await screen.press("F9");
    await screen.page.getByRole("dialog", { name: "Payment" }).waitFor();
    await screen.press("Enter");
    expect(await screen.paid()).not.toBe("");
    await screen.changeIs(0);
    await screen.press("Enter");
    await screen.ready();
  });

  test("a sale by touch alone", async () => {
    const screen = await stage().at(2, { touch: true, size: sizes.tablet });
    const tap = (name: string) => screen.button(name).first().tap();
    const keypad = screen.page.getByRole("group", { name: "Keypad" });
    const tapDigits = async (digits: string) => {
      for (const digit of digits) await keypad.getByRole("button", { name: digit, exact: true }).tap();
    };
    await screen.page.getByRole("button", { name: people.omar.name }).tap();
    await tapDigits(people.omar.pin);
    await tap("Sign in");
    if ((await screen.begun()) === "no shift") {
      await tapDigits("100");
      await tap("Open shift");
      await screen.ready();
    }

    await tapDigits(goods.bread.id);
    await tap("Enter");
    await screen.lastLine.filter({ hasText: goods.bread.name }).waitFor();
    await tapDigits("450");
    await tap("Bakery");
    await tap("Sell");
    await screen.totalIs(goods.bread.priceMinor + 450);
    await tap("Undo");
    await screen.totalIs(goods.bread.priceMinor);

    await tap("Pay");
    await tap(euro(500));
    await screen.changeIs(500 - goods.bread.priceMinor);
    await tap("Next sale");
    await screen.ready();
  });

  test("a split tender: part by card, the rest in cash with change", async () => {
    const screen = await stage().at(1);
    await screen.signIn(people.anna);
    await screen.scanned(goods.milk);
    await screen.scanned(goods.chocolate);
    const total = goods.milk.priceMinor + goods.chocolate.priceMinor;
    await screen.press("F9");
    await screen.page.getByRole("dialog", { name: "Payment" }).waitFor();
    await screen.typeByHand("1.50");
    await screen.press("F3");
    const due = screen.page.getByRole("group", { name: "Still to pay" });
    await due.filter({ hasText: euro(total - 150) }).waitFor();
    const taken = screen.page.getByRole("list", { name: "Taken" });
    expect(await taken.textContent()).toContain(euro(150));
    await screen.typeByHand("5.00");
    await screen.press("F2");
    await screen.changeIs(500 - (total - 150));
    const paper = await screen.page.getByRole("region", { name: "Receipt" }).textContent();
    expect(paper).toContain("Card");
    expect(paper).toContain("Cash");
  });

  test("a refund by receipt, at another till than the sale", async () => {
    const seller = await stage().at(1);
    await seller.signIn(people.anna);
    await seller.scanned(goods.milk);
    await seller.scanned(goods.newspaper);
    await seller.press("F9", "Enter");
    const number = await seller.paid();

    const refunder = await stage().at(2);
    await refunder.signIn(people.omar);
    await refunder.press("F8");
    await refunder.page.getByRole("dialog", { name: "Receipts" }).waitFor();
    await refunder.typeByHand(number);
    await refunder.page.locator(".card-key").filter({ hasText: number }).click();
    await refunder.button(`More ${goods.milk.name}`).click();
    await refunder.button("Return chosen").click();
    await refunder.page.getByText("To give back").first().waitFor();
    await refunder.totalIs(goods.milk.priceMinor);
    await refunder.press("F9");
    await refunder.page.getByRole("dialog", { name: "Give back" }).waitFor();
    await refunder.press("Enter");
    await refunder.changeIs(goods.milk.priceMinor);

    // What came back once cannot come back again, anywhere.
    await seller.press("F8");
    await seller.typeByHand(number);
    await seller.page.locator(".card-key").filter({ hasText: number }).click();
    const again = seller.page.getByRole("button", { name: `More ${goods.milk.name}` });
    await again.and(seller.page.locator("[aria-disabled=true]")).waitFor();
  });

  test("put aside on till 1, taken up and paid on till 2", async () => {
    const first = await stage().at(1);
    await first.signIn(people.anna);
    await first.scanned(goods.bread);
    await first.scanned(goods.sugar);
    await first.press("F6");
    const label = `Blue jacket ${Date.now()}`;
    await first.page.getByRole("dialog", { name: "Put the cart aside" }).waitFor();
    await first.typeByHand(label);
    await first.press("Enter");
    await first.ready();

    const second = await stage().at(2);
    await second.signIn(people.omar);
    await second.press("F7");
    await second.button(`Recall ${label}`).click();
    await second.totalIs(goods.bread.priceMinor + goods.sugar.priceMinor);
    await second.press("F9", "Enter");
    await second.changeIs(0);

    await first.press("F7");
    await first.page.getByRole("dialog", { name: "Open carts" }).waitFor();
    await first.page.getByText(label).waitFor({ state: "detached" });
  });

  test("a cart of a till that died is taken over and paid", async () => {
    const dying = await stage().at(3);
    await dying.signIn(people.omar);
    await dying.scanned(goods.strawberries);
    await dying.scanned(goods.cucumbers);
    const total = goods.strawberries.priceMinor + goods.cucumbers.priceMinor;
    const other = await stage().at(1);
    await other.signIn(people.anna);
    await other.press("F7");
    await other.button("Take over Till 3").filter().first().waitFor();
    await stage().demo.kill(3);
    try {
      await dying.page.getByText("Waiting for the till").waitFor();
      await other.page.getByText("Till 3 does not answer").first().waitFor();
      const card = other.page.locator(".card").filter({ hasText: euro(total) });
      await card.getByRole("button", { name: "Take over Till 3" }).click();
      await other.totalIs(total);
      await other.press("F9", "Enter");
      await other.changeIs(0);
    } finally {
      await stage().demo.startTill(3);
    }
    // The till that comes back knows that its cart was paid elsewhere, and its screen finds it by itself.
    await dying.page.getByText("Waiting for the till").waitFor({ state: "detached" });
    await dying.signIn(people.omar);
    await dying.press("F7");
    await dying.page.getByRole("dialog", { name: "Open carts" }).waitFor();
    await dying.page
      .locator(".card")
      .filter({ hasText: euro(total) })
      .waitFor({ state: "detached" });
  });
}
